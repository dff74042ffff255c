using Microsoft.Extensions.Logging;

namespace Endless.Http;

/// <summary>
/// An HTTP server that restarts without losing a request. Mirrors Go's <c>endless.NewServer</c> and the <c>http.Server</c> it wraps.
/// </summary>
/// <remarks>Configure it before it listens; what is set later has no effect unless a member says otherwise.</remarks>
public sealed partial class EndlessServer
{
    private EndlessServer(string addr, IHandler? handler)
    {
        Addr = addr;
        Handler = handler;
    }

    /// <summary>Where to listen: <c>:8080</c> (IPv4 and IPv6), <c>127.0.0.1:8080</c>, <c>[::1]:8080</c>, <c>localhost:0</c> or <c>unix:/path.sock</c>. Empty means <c>:80</c>.</summary>
    public string Addr { get; }

    /// <summary>Called for each request; null means the default mux. Go's <c>Server.Handler</c>.</summary>
    public IHandler? Handler { get; }

    /// <summary>From the first byte of a request to the end of its header section; zero falls back to <see cref="ReadTimeout"/>, negative means none. Go's <c>ReadHeaderTimeout</c>.</summary>
    public TimeSpan ReadHeaderTimeout { get; set; }

    /// <summary>From the first byte of a request to the end of its body; zero or negative means none. Go's <c>ReadTimeout</c>.</summary>
    public TimeSpan ReadTimeout { get; set; }

    /// <summary>From the end of a request's header section to the end of the response; zero or negative means none. Go's <c>WriteTimeout</c>.</summary>
    public TimeSpan WriteTimeout { get; set; }

    /// <summary>Between two requests of a connection; zero falls back to <see cref="ReadTimeout"/>, negative means none. Go's <c>IdleTimeout</c>.</summary>
    public TimeSpan IdleTimeout { get; set; }

    /// <summary>Bytes of request line and header section together; over it 431. Default 1 MiB. Go's <c>MaxHeaderBytes</c>.</summary>
    public int MaxHeaderBytes { get; set; }

    /// <summary>How long a stopping server waits for its connections before it closes them; negative waits for ever. Default 60 s. endless's <c>DefaultHammerTime</c>.</summary>
    public TimeSpan HammerTime { get; set; }

    /// <summary>Where the server logs. Default: one line an event to standard error.</summary>
    public ILogger? Logger { get; set; }

    /// <summary>Called once the server listens and before it accepts, with the address it is bound to. endless's <c>BeforeBegin</c>.</summary>
    public Action<string>? BeforeBegin { get; set; }

    /// <summary>Called once when this generation stops accepting, with a token that fires at hammer time. The process waits for its task.</summary>
    public Func<CancellationToken, Task>? ShutdownInitiated { get; set; }

    /// <summary>Told of each connection's changes of state, on the connection's thread; must not block. Go's <c>ConnState</c>.</summary>
    public Action<ConnState, string>? ConnState { get; set; }
}
