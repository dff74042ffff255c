using System.Globalization;

namespace Endless.Http.AspNetCore.TestApp;

/// <summary>Handlers of Endless.Http in the generic host, without ASP.NET Core.</summary>
internal static class HandlerApplication
{
    public static async Task RunAsync(Script script)
    {
        var builder = Host.CreateApplicationBuilder();
        script.AddTo(builder.Services);
        builder.Services.AddScoped<Visit>();
        builder.Services.AddEndless(
            script["handlers"]!,
            (w, r) => w.Write(string.Create(CultureInfo.InvariantCulture, $"generation {EndlessProcess.Generation} pid {Environment.ProcessId}, {r.GetRequestServices().GetRequiredService<Visit>().Word}")),
            server => server.BeforeBegin = address => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Listening on {address}, pid {Environment.ProcessId}")));
        await builder.Build().RunAsync();
    }

    private sealed class Visit
    {
        public string Word { get; } = "scoped";
    }
}
