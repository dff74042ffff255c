using System.Net;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Testing;

/// <summary>
/// A server for one test, with a client of its own. Go's <c>httptest.Server</c>:
/// <code>
/// await using var server = TestServer.InMemory((w, r) =&gt; w.Write("hello"));
/// Assert.Equal("hello", await server.Client.GetStringAsync("/"));
/// </code>
/// </summary>
/// <remarks>
/// In memory it is the protocol engines without a socket, loops, timeouts and what else a server has around them, and serves HTTP/1.1 and HTTP/2; on a port it is an <see cref="EndlessServer"/>. What a handler
/// throws is logged, to standard error where no logger is given, and answered with 500. To be disposed of: that closes the client, stops the server, and waits up to ten seconds for handlers that still run.
/// </remarks>
public sealed class TestServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ITestHost _host;
    private int _disposed;

    private TestServer(ITestHost host)
    {
        _host = host;
        Client = CreateClient();
    }

    /// <summary>Where the server is: <c>http://localhost/</c> in memory, where only <see cref="Client"/> and those of <see cref="CreateClient"/> get to.</summary>
    public Uri Url => _host.Url;

    /// <summary>A client whose <see cref="HttpClient.BaseAddress"/> is <see cref="Url"/>. It follows no redirects and keeps no cookies, so that a test sees what the server says.</summary>
    public HttpClient Client { get; }

    /// <summary>A server in memory.</summary>
    /// <param name="handler">Called for each request.</param>
    /// <param name="logger">Where the server logs; null for standard error.</param>
    public static TestServer InMemory(IHandler handler, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return new TestServer(new MemoryHost(handler, logger));
    }

    /// <inheritdoc cref="InMemory(IHandler, ILogger?)"/>
    public static TestServer InMemory(HandlerFunc handler, ILogger? logger = null) => InMemory(Handler.From(handler), logger);

    /// <inheritdoc cref="InMemory(IHandler, ILogger?)"/>
    public static TestServer InMemory(AsyncHandlerFunc handler, ILogger? logger = null) => InMemory(Handler.From(handler), logger);

    /// <summary>A server on a free port of 127.0.0.1, which listens when the task completes. Linux only.</summary>
    /// <inheritdoc cref="InMemory(IHandler, ILogger?)" path="/param"/>
    public static async Task<TestServer> StartAsync(IHandler handler, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return new TestServer(await PortHost.StartAsync(handler, certificate: null, logger).ConfigureAwait(false));
    }

    /// <inheritdoc cref="StartAsync(IHandler, ILogger?)"/>
    public static Task<TestServer> StartAsync(HandlerFunc handler, ILogger? logger = null) => StartAsync(Handler.From(handler), logger);

    /// <inheritdoc cref="StartAsync(IHandler, ILogger?)"/>
    public static Task<TestServer> StartAsync(AsyncHandlerFunc handler, ILogger? logger = null) => StartAsync(Handler.From(handler), logger);

    /// <summary>A server over TLS, on a free port of 127.0.0.1, with a certificate made for it that its own clients trust. Linux only.</summary>
    /// <inheritdoc cref="InMemory(IHandler, ILogger?)" path="/param"/>
    public static async Task<TestServer> StartTlsAsync(IHandler handler, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return new TestServer(await PortHost.StartAsync(handler, TestCertificate.Create(), logger).ConfigureAwait(false));
    }

    /// <inheritdoc cref="StartTlsAsync(IHandler, ILogger?)"/>
    public static Task<TestServer> StartTlsAsync(HandlerFunc handler, ILogger? logger = null) => StartTlsAsync(Handler.From(handler), logger);

    /// <inheritdoc cref="StartTlsAsync(IHandler, ILogger?)"/>
    public static Task<TestServer> StartTlsAsync(AsyncHandlerFunc handler, ILogger? logger = null) => StartTlsAsync(Handler.From(handler), logger);

    /// <summary>One more client, with connections of its own. The caller disposes of it.</summary>
    /// <param name="version">What it speaks: <see cref="HttpVersion.Version11"/>, or <see cref="HttpVersion.Version20"/>, in the clear by prior knowledge. Null for the first, and over TLS for the highest.</param>
    public HttpClient CreateClient(Version? version = null)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        var connector = _host.CreateConnector();
        connector.AllowAutoRedirect = connector.UseCookies = connector.UseProxy = false;
        return new HttpClient(connector)
        {
            BaseAddress = Url,
            DefaultRequestVersion = version ?? (Url.Scheme == "https" ? HttpVersion.Version20 : HttpVersion.Version11),
            DefaultVersionPolicy = version is null ? HttpVersionPolicy.RequestVersionOrLower : HttpVersionPolicy.RequestVersionExact,
        };
    }

    /// <summary>Closes the client, stops the server, and waits for handlers that still run. A second call does nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        Client.Dispose();
        await _host.StopAsync(Patience).ConfigureAwait(false);
    }
}
