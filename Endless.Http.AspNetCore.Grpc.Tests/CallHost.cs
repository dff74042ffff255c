using Endless.Http.AspNetCore.LiveApp;
using Endless.Http.AspNetCore.LiveApp.Calls;
using Endless.Http.Load;
using Grpc.Net.Client;
using Grpc.Net.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Endless.Http.AspNetCore.Grpc.Tests;

/// <summary>The application in this process on one of the servers, and a client of it.</summary>
internal sealed class CallHost : IAsyncDisposable
{
    private readonly SelfSignedFiles _certificate;
    private readonly WebApplication _app;

    private CallHost(SelfSignedFiles certificate, WebApplication app, GrpcChannel channel, string url)
    {
        _certificate = certificate;
        _app = app;
        Channel = channel;
        Url = url;
    }

    public string Url { get; }

    public GrpcChannel Channel { get; }

    public Calls.CallsClient Client => new(Channel);

    public CallLog Log => _app.Services.GetRequiredService<CallLog>();

    /// <summary>Starts a server.</summary>
    /// <param name="server"><c>endless</c> or <c>kestrel</c>.</param>
    /// <param name="scheme"><c>http</c> (HTTP/2 with prior knowledge) or <c>https</c>.</param>
    public static async Task<CallHost> StartAsync(string server, string scheme)
    {
        var certificate = new SelfSignedFiles();
        var app = LiveApplication.Build(
        [
            $"--Server={server}", "--Logging:LogLevel:Default=None", $"--urls={scheme}://127.0.0.1:0", $"--Kestrel:Endpoints:Calls:Url={scheme}://127.0.0.1:0", "--Kestrel:Endpoints:Calls:Protocols=Http2",
            .. scheme == "https" ? (string[])[$"--Kestrel:Endpoints:Calls:Certificate:Path={certificate.Names[0]}", $"--Kestrel:Endpoints:Calls:Certificate:KeyPath={certificate.Names[1]}"] : [],
        ]);
        await app.StartAsync();
        Assert.StartsWith(scheme + "://", app.Urls.Single());
        return new CallHost(certificate, app, OpenChannel(app.Urls.Single()), app.Urls.Single());
    }

    /// <summary>A channel with one connection, without limits to the size of messages, which takes compressed ones.</summary>
    public static GrpcChannel OpenChannel(string url, Action<GrpcChannelOptions>? configure = null)
    {
        var options = new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler { EnableMultipleHttp2Connections = false, SslOptions = { RemoteCertificateValidationCallback = static (_, _, _, _) => true } },
            DisposeHttpClient = true,
            MaxReceiveMessageSize = null,
            MaxSendMessageSize = null,
            CompressionProviders = [new GzipCompressionProvider(System.IO.Compression.CompressionLevel.Fastest)],
            LoggerFactory = LoggerFactory.Create(static _ => { }),
        };
        configure?.Invoke(options);
        return GrpcChannel.ForAddress(url, options);
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await _app.StopAsync().WaitAsync(Deadline.Default);
        await _app.DisposeAsync();
        _certificate.Dispose();
    }
}
