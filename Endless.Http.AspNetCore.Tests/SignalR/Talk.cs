using Endless.Http.AspNetCore.LiveApp;
using Endless.Http.Load;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Endless.Http.AspNetCore.Tests.SignalR;

/// <summary>The hub in this process on one of the servers, and clients of it.</summary>
internal sealed class Talk : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly List<HubConnection> _clients = [];

    private Talk(WebApplication app) => _app = app;

    public static async Task<Talk> StartAsync(string server)
    {
        var app = LiveApplication.Build([$"--Server={server}", "--Logging:LogLevel:Default=None", "--urls=http://127.0.0.1:0"]);
        await app.StartAsync();
        return new Talk(app);
    }

    /// <summary>A client that is connected.</summary>
    public async Task<HubConnection> ConnectAsync(HttpTransportType transport, string protocol)
    {
        var client = Client(_app.Urls.Single(), transport, protocol).Build();
        _clients.Add(client);
        await client.StartAsync().WaitAsync(Deadline.Default);
        return client;
    }

    /// <summary>A client of a server somewhere.</summary>
    /// <param name="url">The beginning of its URLs.</param>
    /// <param name="transport">The only one that the client may use.</param>
    /// <param name="protocol"><c>json</c> or <c>messagepack</c>.</param>
    /// <param name="negotiates">False: it begins with the WebSocket, without asking for a connection's identifier first.</param>
    public static IHubConnectionBuilder Client(string url, HttpTransportType transport, string protocol, bool negotiates = true)
    {
        var builder = new HubConnectionBuilder().WithUrl(url + "/talk", transport, options => options.SkipNegotiation = !negotiates);
        return protocol == "messagepack" ? builder.AddMessagePackProtocol() : builder;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients) await client.DisposeAsync();
        await _app.StopAsync().WaitAsync(Deadline.Default);
        await _app.DisposeAsync();
    }
}
