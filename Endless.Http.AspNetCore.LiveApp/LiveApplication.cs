using Endless.Http.AspNetCore.LiveApp.Calls;
using Endless.Http.AspNetCore.LiveApp.Talks;

namespace Endless.Http.AspNetCore.LiveApp;

/// <summary>
/// An application with gRPC and SignalR. Settings, in the arguments or the environment as for any other: <c>Server</c> is <c>endless</c> (the default) or <c>kestrel</c>, <c>Log</c> is the file of what was acknowledged
/// (<see cref="Acknowledged"/>), <c>Page</c> a directory with files for a browser, <c>EndsStreams=false</c> leaves streams to be cut at the end of a stop (<see cref="RestartInterceptor"/>); endpoints and protocols as Kestrel has them, which both servers understand.
/// </summary>
public static class LiveApplication
{
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory, WebRootPath = Argument(args, "--Page=") });
        if (builder.Configuration["Server"] != "kestrel") builder.WebHost.UseEndless();
        builder.Services.AddSingleton<CallLog>().AddSingleton<Acknowledged>();
        builder.Services.AddGrpc(options =>
        {
            if (builder.Configuration["EndsStreams"] != "false") options.Interceptors.Add<RestartInterceptor>();
            options.MaxReceiveMessageSize = null;
            options.ResponseCompressionAlgorithm = "gzip"; // for clients that say they take it
            options.ResponseCompressionLevel = System.IO.Compression.CompressionLevel.Fastest;
        });
        builder.Services.AddSignalR(options => options.MaximumParallelInvocationsPerClient = 2).AddMessagePackProtocol();

        var app = builder.Build();
        app.UseFileServer();
        app.MapGet("/", () => "Hello, World!");
        app.MapGet("/pid", () => Environment.ProcessId);
        app.MapGrpcService<CallService>();
        app.MapHub<TalkHub>("/talk");
        return app;
    }

    private static string? Argument(string[] args, string name) => args.FirstOrDefault(arg => arg.StartsWith(name, StringComparison.Ordinal))?[name.Length..];
}
