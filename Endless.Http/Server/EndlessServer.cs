using System.Runtime.Versioning;
using Endless.Http.Connections;
using Endless.Http.Draining;
using Endless.Http.Generations;
using Endless.Http.Operations;
using Endless.Http.Semantics;
using Endless.Http.Server;
using Endless.Http.Serving;
using Endless.Http.Settings;
using Endless.Http.Sockets;
using Microsoft.Extensions.Logging;

namespace Endless.Http;

/// <summary>
/// An HTTP server that restarts without losing a request. Mirrors Go's <c>endless.NewServer</c> and the <c>http.Server</c> it wraps.
/// </summary>
/// <remarks>
/// Made by <see cref="NewServer(string, IHandler?)"/>, configured, started once, and not used again after it has stopped. What is set after it
/// started has no effect unless a member says otherwise. All methods may be called from any thread. A server that is made must be started
/// or closed: a restart waits until every server the new generation made is listening. A setting refuses a value that means nothing when it is set, by an
/// <see cref="ArgumentException"/> that names it; what negative times, zero and very long ones mean, each of them says. Serves on Linux only: handlers and a <see cref="ServeMux"/> can be made and tested anywhere.
/// </remarks>
[SupportedOSPlatform("linux")]
public sealed partial class EndlessServer
{
    /// <summary>So that twice as much, which HTTP/2 takes of a coded header section, is a length in memory.</summary>
    private const int MostHeaderBytes = 256 << 20;

    private readonly Generation _generation;
    private TimeSpan? _drainGrace;
    private TlsOptions? _tlsOptions;

    /// <summary>A server in a generation of its own choice, for tests.</summary>
    internal EndlessServer(string addr, IHandler? handler, Generation generation)
    {
        Addr = addr;
        Handler = handler;
        ReadTimeout = DefaultReadTimeout;
        WriteTimeout = DefaultWriteTimeout;
        MaxHeaderBytes = DefaultMaxHeaderBytes;
        HammerTime = DefaultHammerTime;
        _generation = generation;
        Life = new ServerLife(this, generation);
        generation.Observe(new RestartEvents(this));
    }

    /// <summary>
    /// Where to listen: <c>:8080</c> or <c>[::]:8080</c> (IPv4 and IPv6), <c>0.0.0.0:8080</c> (IPv4), <c>127.0.0.1:8080</c>, <c>[::1]:8080</c>, <c>localhost:0</c> or <c>unix:/path.sock</c>. Empty means <c>:80</c>.
    /// ASP.NET Core's <c>http://localhost:8080</c>, <c>*:8080</c> and <c>http://+:8080</c> are taken as <c>localhost:8080</c> and <c>:8080</c>. It names the server across a restart as it is written here.
    /// </summary>
    public string Addr { get; }

    /// <summary>Where the server listens: <see cref="Addr"/>, and what <see cref="AddAddress"/> added.</summary>
    public IReadOnlyList<string> Addresses => [.. Life.Endpoints.Select(static endpoint => endpoint.Address)];

    /// <summary>Has the server listen on one more address. All of them accept and stop together, and have the settings and the limits of this one server.</summary>
    /// <param name="addr">An address like <see cref="Addr"/>.</param>
    /// <exception cref="FormatException">It is not an address; the message names it.</exception>
    /// <exception cref="InvalidOperationException">The server was started or closed before.</exception>
    public void AddAddress(string addr)
    {
        ArgumentNullException.ThrowIfNull(addr);
        _ = ListenAddress.Parse(addr);
        Life.AddEndpoint(addr);
    }

    /// <summary>
    /// By which the next generation knows the server, where several are on the same address; null, the default, for none: then it is known by its address and the order in which those
    /// of one address were made. To be given where that order may change between two builds. At most 255 characters, no control characters among them. Set it before the server starts.
    /// </summary>
    /// <exception cref="ArgumentException">The value is empty, too long, or holds a control character.</exception>
    public string? Name { get; set => field = Allowed.Name(value); }

    /// <summary>Called for each request; null means <see cref="ServeMux.Default"/>. Go's <c>Server.Handler</c>.</summary>
    public IHandler? Handler { get; }

    /// <summary>
    /// From the first byte of a request to the end of its header section, and from the accept to that of the first: over it 408, or a close where nothing has come. Zero, the default, falls
    /// back to <see cref="ReadTimeout"/>, and to 30 s where that is none; negative means none. Go's <c>ReadHeaderTimeout</c>, with Kestrel's default.
    /// </summary>
    public TimeSpan ReadHeaderTimeout { get; set; }

    /// <summary>From the first byte of a request to the end of its body; zero or negative means none. Default <see cref="DefaultReadTimeout"/>. Go's <c>ReadTimeout</c>.</summary>
    public TimeSpan ReadTimeout { get; set; }

    /// <summary>
    /// From the end of a request's header section to the end of the response, however fast its client takes it and however long its handler has nothing to say: not for downloads of any
    /// size, nor for event streams. Zero or negative means none. Default <see cref="DefaultWriteTimeout"/>. Go's <c>WriteTimeout</c>. What <see cref="MinResponseRate"/> bounds needs none.
    /// </summary>
    public TimeSpan WriteTimeout { get; set; }

    /// <summary>
    /// Between two requests of a connection. Zero, the default, falls back to <see cref="ReadTimeout"/>, and to 130 s where that is none; negative means none. Go's <c>IdleTimeout</c>, with
    /// Kestrel's default. Where descriptors run out, or at <see cref="MaxConnections"/>, who has waited longest makes room before that.
    /// </summary>
    public TimeSpan IdleTimeout { get; set; }

    /// <summary>Bytes of request line and header section together; over it 431. Zero means 1 MiB, 256 MiB are the most. Default <see cref="DefaultMaxHeaderBytes"/>. Go's <c>MaxHeaderBytes</c>.</summary>
    public int MaxHeaderBytes { get; set => field = Allowed.ZeroOrMore(value, MostHeaderBytes); }

    /// <summary>
    /// Bytes of the header sections of all requests that one HTTP/2 connection has under way; one more is refused with REFUSED_STREAM, which is safe to send again, unless it is the only one.
    /// Zero means 4 MiB, or <see cref="MaxHeaderBytes"/> where that is more. Kestrel's 32 KiB for each of 100 requests come to 3.1 MiB, nginx's for each of 128 to 4 MiB.
    /// </summary>
    public int MaxHeaderBytesPerConnection { get; set => field = Allowed.ZeroOrMore(value); }

    /// <summary>Bytes of the request line; over it 414, or 501 where the method alone is longer. Zero means 8 KiB; more than <see cref="MaxHeaderBytes"/> is no limit of its own. Kestrel's <c>MaxRequestLineSize</c>.</summary>
    public int MaxRequestLineBytes { get; set => field = Allowed.ZeroOrMore(value); }

    /// <summary>Number of header fields; over it 431. Zero means 100; <see cref="int.MaxValue"/> is no limit. Kestrel's <c>MaxRequestHeaderCount</c>.</summary>
    public int MaxHeaderCount { get; set => field = Allowed.ZeroOrMore(value); }

    /// <summary>Bytes of a request body; over it 413. Negative, the default, means no limit, as in Go; zero takes no body.</summary>
    public long MaxRequestBodyBytes { get; set; } = -1;

    /// <summary>
    /// Bytes per second at which a request body must arrive while the handler waits for it, after <see cref="MinRequestBodyRateGrace"/>; slower, it is given up
    /// with 408. Time in which nobody waits for the body does not count. Default 240; zero or negative switches it off. Over HTTP/2 it is looked at as often as the grace. Kestrel's <c>MinRequestBodyDataRate</c>.
    /// </summary>
    public int MinRequestBodyRate { get; set; } = 240;

    /// <summary>How long a body may keep the handler waiting before <see cref="MinRequestBodyRate"/> is looked at: positive. <see cref="Timeout.InfiniteTimeSpan"/>, or more than 24 days, and it never is. Default 5 s.</summary>
    public TimeSpan MinRequestBodyRateGrace { get; set => field = Allowed.PositiveOrInfinite(value); } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Bytes per second at which a client must take a response while something of it waits to be sent, after <see cref="MinResponseRateGrace"/>; slower, and the connection is reset, or over
    /// HTTP/2 the stream whose windows the client keeps shut. Only time in which the client is waited for counts: a handler that says nothing for an hour costs it nothing. What it has taken
    /// faster is credited, up to a minute. The streams of a connection that wait share the rate. Default 240; zero or negative switches it off. Kestrel's <c>MinResponseDataRate</c>.
    /// </summary>
    public int MinResponseRate { get; set; } = 240;

    /// <summary>How long a client may be waited for, each time, before <see cref="MinResponseRate"/> is looked at: positive. <see cref="Timeout.InfiniteTimeSpan"/>, or more than 24 days, and it never is. Default 5 s.</summary>
    public TimeSpan MinResponseRateGrace { get; set => field = Allowed.PositiveOrInfinite(value); } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Bytes of a TCP connection that the kernel takes beyond what is on its way to the client (TCP_NOTSENT_LOWAT); the rest waits with its handler. Without it a client that reads nothing
    /// has 4 MB of the kernel's memory for a request of 50 bytes. Default 128 KiB; zero leaves it to the kernel. What is on its way is not bounded by it, so that a long way takes none of
    /// its speed. Of a file that the kernel sends out of its page cache (<see cref="ResponseWriter.SendFileAsync(Microsoft.Win32.SafeHandles.SafeFileHandle, long, long, CancellationToken)"/>) it takes up to 4 MiB once the client has taken a mebibyte. A UNIX socket has 208 KiB of the kernel's own (net.core.wmem_default).
    /// </summary>
    public int MaxUnsentBytes { get; set => field = Allowed.ZeroOrMore(value); } = ListenSocket.DefaultMaxUnsentBytes;

    /// <summary>
    /// Connections that the server serves at once. For one more, the one that has waited longest for a request is closed; where every one is within a request, the new one is. Zero, the default, or negative means no limit. Hijacked
    /// connections do not count, from the moment they are taken over. Kestrel's <c>MaxConcurrentConnections</c>.
    /// </summary>
    public int MaxConnections { get; set; }

    /// <summary>
    /// Requests that one connection may make; the response to the last one says that the connection closes. Zero, the default, or negative means no limit. HTTP/1 only.
    /// nginx's <c>keepalive_requests</c>.
    /// </summary>
    public long MaxRequestsPerConnection { get; set; }

    /// <summary>
    /// Whether clients may speak HTTP/2 in the clear, by prior knowledge (RFC 9113 section 3.3). Default true; with false the preface of HTTP/2 gets a 400.
    /// With TLS, <see cref="TlsOptions.ApplicationProtocols"/> says what is spoken. Go's <c>Protocols.UnencryptedHTTP2</c>, there false by default.
    /// </summary>
    public bool UnencryptedHttp2 { get; set; } = true;

    /// <summary>
    /// Whether a request in the clear may go on with HTTP/2 by <c>Upgrade: h2c</c> too, where <see cref="UnencryptedHttp2"/> is true. Default false: the field is ignored, and the request served
    /// over HTTP/1.1 (RFC 9110 section 7.8). Request smuggling: a proxy that passes the field on (HAProxy by itself, nginx where it is told to) no longer sees what its client asks for after the upgrade, and
    /// its rules hold for none of it. RFC 9113 has dropped this upgrade. Go's server does not know it.
    /// </summary>
    public bool UnencryptedHttp2Upgrade { get; set; }

    /// <summary>
    /// How long a stopping server waits for its connections before it closes them; negative, or more than 49 days, waits for ever, zero closes them at once.
    /// Default <see cref="DefaultHammerTime"/>. endless's <c>DefaultHammerTime</c>.
    /// </summary>
    public TimeSpan HammerTime { get; set; }

    /// <summary>
    /// How long a stopping server keeps a connection that waits for a request, so that a request under way to it is answered and not met by a close; zero closes it at once,
    /// <see cref="Timeout.InfiniteTimeSpan"/> keeps it until <see cref="HammerTime"/>. Default 5 s where the next generation has taken over; a stop without one closes what waits at once, unless this was set.
    /// </summary>
    public TimeSpan DrainGrace
    {
        get => _drainGrace ?? TimeSpan.FromSeconds(5);
        set => _drainGrace = Allowed.ZeroOrMoreOrInfinite(value);
    }

    /// <summary>
    /// How long a server that is told to stop for good goes on accepting, while <see cref="HealthHandler"/> already says that it is not ready: time for
    /// load balancers to leave first. A second signal, or <see cref="Close"/>, ends it. Default zero; with <see cref="Timeout.InfiniteTimeSpan"/>, or more than 49 days, nothing else does. A restart
    /// does not wait for it.
    /// </summary>
    public TimeSpan StopDelay { get; set => field = Allowed.ZeroOrMoreOrInfinite(value); }

    /// <summary>
    /// How long a restart gives the new generation to be ready; past it that process is killed and this one serves on. Default 30 s; zero,
    /// negative, or more than 49 days waits for ever. With several servers in a process the longest counts. May be changed at any time: each restart reads it as it begins.
    /// </summary>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a restart watches the new generation after it is ready. Until then this one keeps its listeners and its connections, serves them on, and accepts
    /// again should the new one die; only then does it drain. Default 2 s; zero trusts at once, 49 days are the most. With several servers in a process the longest counts.
    /// </summary>
    public TimeSpan Probation { get; set => field = Allowed.TimerTime(value); } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Whether a restart hands the server's open connections over to the new generation, each at its next request boundary, so that no client sees a close. Default
    /// true. What cannot be handed over (TLS, HTTP/2) is drained, and with false everything is. What a handler took over is always left alone.
    /// </summary>
    public bool HandOverConnections { get; set; } = true;

    /// <summary>On which threads the server calls its handlers. Default <see cref="SchedulingMode.Auto"/>.</summary>
    public SchedulingMode Scheduling { get; set => field = Allowed.Member(value); }

    /// <summary>
    /// Where the server logs. Default: one line an event to standard error, from level Information up. A logger set here gets each event in a scope with <c>ServerGeneration</c> and
    /// <c>ServerProcessId</c>; what it throws at goes to standard error, with the exception. It is called by several threads at once.
    /// </summary>
    public ILogger? Logger { get; set; }

    /// <summary>
    /// Called once the server listens and before it accepts, with the address it is bound to, and again for each that <see cref="AddAddress"/> added; in a restart, before the old generation stops accepting.
    /// An exception fails the start, and with it the restart; <c>Console.WriteLine</c> throws one where standard output is a full disk. endless's <c>BeforeBegin</c>.
    /// </summary>
    public Action<string>? BeforeBegin { get; set; }

    /// <summary>
    /// Paths that a starting server asks itself for by GET, in this order, before it accepts and, in a restart, before it says that it is ready: through its whole
    /// pipeline, in memory, as HTTP/1.1 with the Host <c>localhost</c>. So code is compiled and caches are filled before the first client comes. An answer from 400 up is logged
    /// and fails nothing. Empty by default, since a handler cannot tell such a request from a client's.
    /// </summary>
    /// <exception cref="ArgumentException">What is added is no path: it does not begin with a slash, or holds what no request target may (RFC 9112 section 3.2).</exception>
    public IList<string> WarmUp { get; } = new WarmUpTargets();

    /// <summary>
    /// The application's own checks, called once after <see cref="WarmUp"/> and before the server accepts. An exception fails the start: in a restart the old generation
    /// serves on and logs its message. The token fires when the server is told to stop meanwhile.
    /// </summary>
    public Func<CancellationToken, Task>? BeforeReady { get; set; }

    /// <summary>
    /// Whether other processes of the same user may listen on the same address too (SO_REUSEPORT): the kernel then spreads new connections over them. For independent
    /// instances on one port; a restart does not need it, and the queue of an instance that ends is lost with it. Default false. TCP only.
    /// </summary>
    public bool ReusePort { get; set; }

    /// <summary>
    /// After so much silence on a TCP connection the kernel asks whether the client is still there, so that the handler of one that vanished ends. Default 15 s; up to 32,767 s, of which a part of
    /// a second counts as one; <see cref="Timeout.InfiniteTimeSpan"/> never asks. A connection that is not silent is not asked. Go's <c>KeepAliveConfig.Idle</c>.
    /// </summary>
    public TimeSpan TcpKeepAliveIdle { get; set => field = value == Timeout.InfiniteTimeSpan ? value : Allowed.Seconds(value, TcpKeepAlive.MostSeconds); } = TimeSpan.FromSeconds(TcpKeepAlive.Default.IdleSeconds);

    /// <summary>Between two such questions that are not answered. Default 15 s; up to 32,767 s, of which a part of a second counts as one. Go's <c>KeepAliveConfig.Interval</c>.</summary>
    public TimeSpan TcpKeepAliveInterval { get; set => field = Allowed.Seconds(value, TcpKeepAlive.MostSeconds); } = TimeSpan.FromSeconds(TcpKeepAlive.Default.IntervalSeconds);

    /// <summary>So many of them unanswered end the connection. Default 9, up to 127: with the other defaults a client that vanished is gone after two and a half minutes. Go's <c>KeepAliveConfig.Count</c>.</summary>
    public int TcpKeepAliveCount { get; set => field = Allowed.OneOrMore(value, TcpKeepAlive.MostCount); } = TcpKeepAlive.Default.Count;

    /// <summary>
    /// Called once when this server stops accepting, for a restart, a signal, <see cref="ShutdownAsync"/> or <see cref="Close"/>, with a token that
    /// fires at hammer time. The server ends only when the returned task has; it is given up one second after the token fired. The place to wait for connections that handlers
    /// took over (<see cref="HijackedConnection"/>), since the server itself does not.
    /// </summary>
    public Func<CancellationToken, Task>? ShutdownInitiated { get; set; }

    /// <summary>What runs before and after each handled signal. May be changed at any time.</summary>
    public SignalHooks SignalHooks { get; } = new();

    /// <summary>How the server speaks TLS, once started by <c>ListenAndServeTLS</c>. Go's <c>Server.TLSConfig</c>.</summary>
    public TlsOptions TlsOptions
    {
        // Made when it is first asked for: a server in the clear does not load the cryptography, 1.5 MB and some of its start.
        get => _tlsOptions ??= new();
        set => _tlsOptions = Allowed.NotNull(value);
    }

    /// <summary>
    /// Where the status page (<c>/status</c>), metrics (<c>/metrics</c>) and health (<c>/healthz</c>, <c>/readyz</c>) of the process are: an address like <see cref="Addr"/>, best
    /// <c>127.0.0.1:9000</c> or <c>unix:/run/x.sock</c>; in the clear, on an event loop of its own, so that no handler of the application's is before them. It accepts and ends with this
    /// server and restarts with it. Null, the default, for none. One server of a process is enough. Set it before the server starts.
    /// </summary>
    /// <exception cref="FormatException">It is not an address; the message names it.</exception>
    public string? Admin
    {
        get => AdminListener?.Server.Addr;
        set
        {
            if (value is not null) _ = ListenAddress.Parse(value);
            if (!Life.IsNew) return;
            AdminListener?.Server.Close();
            // Made now and not at the start: servers of one address are known by the order in which they were made.
            AdminListener = value is null ? null : new AdminListener(new EndlessServer(value, new AdminHandler(_generation), _generation) { Principal = this });
        }
    }

    /// <summary>The server's course from start to end.</summary>
    internal ServerLife Life { get; }

    /// <summary>The server on <see cref="Admin"/>; null for none.</summary>
    internal AdminListener? AdminListener { get; private set; }

    /// <summary>Whose settings count for the restart of the process: those of an admin listener are its server's.</summary>
    internal EndlessServer Principal { get => field ?? this; private init; }

    /// <summary>It is an admin listener.</summary>
    internal bool IsAdmin => Principal != this;

    /// <summary><see cref="DrainGrace"/> is the application's and not the default.</summary>
    internal bool IsDrainGraceSet => _drainGrace is not null;

    /// <summary>Its handler is a host's that measures and traces requests itself: they are not counted twice.</summary>
    internal bool IsHosted { get; set; }

    /// <summary>Whether requests of HTTP/1 are served; with false they get a 400.</summary>
    internal bool ServesHttp1 { get; set; } = true;

    /// <summary>Told of its connections; null, where nobody wants to know.</summary>
    internal IConnectionWatch? ConnectionWatch { get; set; }

    /// <summary>What its end waits for beside its own connections.</summary>
    internal IDrainWait DrainWait => ConnectionWatch is { } watch ? new WatchedDrainWait(Life.Connections, watch) : Life.Connections;

    /// <summary>Where it logs.</summary>
    internal ILogger Log => _generation.LoggerOf(Logger);

    /// <summary>How long a connection stays half-closed after its last response. More in tests, whose client a busy machine may keep from reading it.</summary>
    internal TimeSpan Linger { get; set; } = TimeSpan.FromMilliseconds(ProtocolTimeouts.DefaultLinger);

    /// <summary>How often a drain says what it waits for. Less in tests.</summary>
    internal TimeSpan DrainReportPeriod { get; set; } = Drain.ReportPeriod;

    /// <summary>How often the certificates' files are looked at: new connections get a new one within a second.</summary>
    internal TimeSpan CertificateWatchInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The settings as they are now, with every fallback applied.</summary>
    internal ProtocolContext CreateContext() => SettingsSnapshot.Of(this, _generation, Life.Tls, Life.Draining);
}
