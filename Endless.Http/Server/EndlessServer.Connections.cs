using Endless.Http.Connections;
using Endless.Http.Draining;
using Endless.Http.Logging;
using Endless.Http.Pipeline;
using Endless.Http.Semantics;
using Endless.Http.Sockets;


namespace Endless.Http;

public sealed partial class EndlessServer
{
    /// <summary>How long a connection stays half-closed after its last response. More in tests, whose client a busy machine may keep from reading it.</summary>
    internal TimeSpan Linger { get; set; } = TimeSpan.FromMilliseconds(ProtocolTimeouts.DefaultLinger);

    /// <summary>How often a drain says what it waits for. Less in tests.</summary>
    internal TimeSpan DrainReportPeriod { get; set; } = Drain.ReportPeriod;

    /// <summary>From the first byte of a request to the end of its header section where nothing else says so. Kestrel's RequestHeadersTimeout.</summary>
    private static readonly TimeSpan DefaultReadHeaderTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Between two requests where nothing else says so. Kestrel's KeepAliveTimeout.</summary>
    private static readonly TimeSpan DefaultIdleTimeout = TimeSpan.FromSeconds(130);

    /// <summary>The settings as they are now, with every fallback applied.</summary>
    internal ProtocolContext CreateContext()
    {
        var limits = new ProtocolLimits();
        var scheme = _tls is null ? "http" : "https";
        IHandler handler = new ScheduledHandler(Handler ?? ServeMux.Default);
        if (_tls is { Certificates: { IsNameless: false } certificates }) handler = new MisdirectedHandler(handler, certificates);
        return new ProtocolContext
        {
            Handler = new TracedHandler(new MeteredHandler(handler, _generation.Figures.Requests, scheme), scheme, _generation.Figures.DiagnosticsLibrary),
            Scheduling = Scheduling,
            Logger = Log,
            Budget = _generation.Figures.Budget,
            Generation = _generation.Info.Number,
            UnencryptedHttp2 = UnencryptedHttp2,
            UnencryptedHttp2Upgrade = UnencryptedHttp2 && UnencryptedHttp2Upgrade,
            Draining = _draining.Token,
            Limits = limits with
            {
                MaxHeaderBytes = OrDefault(MaxHeaderBytes, limits.MaxHeaderBytes),
                MaxConnectionHeaderBytes = OrDefault(MaxHeaderBytesPerConnection, Math.Max(limits.MaxConnectionHeaderBytes, MaxHeaderBytes)),
                MaxRequestLineBytes = OrDefault(MaxRequestLineBytes, limits.MaxRequestLineBytes),
                MaxHeaderCount = Math.Min(OrDefault(MaxHeaderCount, limits.MaxHeaderCount), int.MaxValue - 1_000), // HTTP/2 adds the few of its own
                MaxBodyBytes = Math.Max(MaxRequestBodyBytes, -1),
                MinBodyBytesPerSecond = MinRequestBodyRateGrace.TotalMilliseconds is >= 0 and <= int.MaxValue ? MinRequestBodyRate : 0,
                MinBodyRateGrace = (int)Math.Clamp(Math.Ceiling(MinRequestBodyRateGrace.TotalMilliseconds), 0, int.MaxValue),
                LeastResponseRate = ResponseRate(),
                MaxRequestsPerConnection = MaxRequestsPerConnection,
            },
            Timeouts = new ProtocolTimeouts
            {
                ReadHeader = Milliseconds(ReadHeaderTimeout, ReadTimeout, DefaultReadHeaderTimeout),
                Read = Milliseconds(ReadTimeout),
                Write = Milliseconds(WriteTimeout),
                Idle = Milliseconds(IdleTimeout, ReadTimeout, DefaultIdleTimeout),
                DrainGrace = DrainGraceMilliseconds,
                Linger = (long)Linger.TotalMilliseconds,
            },
        };
    }

    /// <summary>For ever is the longest time there is, and not a deadline that never comes: it is added to a clock.</summary>
    private long DrainGraceMilliseconds => (long)(DrainGrace < TimeSpan.Zero ? TimeSpan.MaxValue : DrainGrace).TotalMilliseconds;

    private static int OrDefault(int value, int otherwise) => value > 0 ? value : otherwise;

    private LeastRate? ResponseRate()
    {
        var grace = Math.Ceiling(MinResponseRateGrace.TotalMilliseconds);
        return MinResponseRate > 0 && grace is > 0 and <= int.MaxValue ? new LeastRate(MinResponseRate, (long)grace) : null;
    }

    /// <summary>A timeout as the engines take it: zero falls back to the first that is positive, and what is not positive then is none (-1). No positive time is rounded down to none.</summary>
    private static long Milliseconds(TimeSpan time, TimeSpan fallback = default, TimeSpan otherwise = default)
    {
        if (time == TimeSpan.Zero) time = fallback > TimeSpan.Zero ? fallback : otherwise;
        return time > TimeSpan.Zero ? (long)Math.Ceiling(time.TotalMilliseconds) : -1;
    }

    /// <summary>What the transport sees of a server: where its connections go.</summary>
    private sealed class ConnectionHandler : IConnectionHandler
    {
        private readonly EndlessServer _server;
        private readonly ProtocolContext _context;
        private readonly Action<Connection> _onReleased;    // one for all connections

        private readonly RoomMaker _room;   // within MaxConnections

        public ConnectionHandler(EndlessServer server)
        {
            _server = server;
            _room = new RoomMaker(() => server._connections.Open);
            _context = server.CreateContext();
            _onReleased = OnReleased;
        }

        public bool OnAccepted(Connection connection)
        {
            if (_server.MaxConnections > 0 && _server._connections.Count >= _server.MaxConnections && _room.MakeRoom(1) == 0) return false;
            // A connection that another generation served has been idle, or is within a request, and not new.
            var isNew = connection.RequestsServed == 0;
            var timeout = isNew ? _context.Timeouts.ReadHeader : _context.Timeouts.Idle;
            if (timeout >= 0) connection.ReadDeadline = connection.Now + timeout;
            if (_server.ConnState != null)
            {
                connection.StateChanged = Report;
                if (isNew) Report(connection, Http.ConnectionState.New);
            }
            connection.LeastSendRate = _context.Limits.LeastResponseRate;
            connection.Released = _onReleased;
            if (!isNew) connection.SetState(Http.ConnectionState.Idle);
            return _server._connections.TryAdd(connection);
        }

        /// <summary>Descriptors are the process's: whichever of its servers has who has waited longest.</summary>
        public int MakeRoom(int count) => _server._generation.Sockets.Room.MakeRoom(count);

        public ValueTask<ConnectionOutcome> ServeAsync(Connection connection) => ProtocolSelector.ServeAsync(connection, _context);

        public void OnEnded(Connection connection, ConnectionOutcome outcome)
        {
            if (outcome == ConnectionOutcome.HandOver)
            {
                _server._handOver!.Offer(_server, (SocketConnection)connection);
                return;
            }
            if (outcome == ConnectionOutcome.Hijacked) return; // gone since OnReleased
            connection.SetState(Http.ConnectionState.Closed);
            _server._generation.Figures.ConnectionDurations.Record(TimeSpan.FromMilliseconds(Environment.TickCount64 - connection.AcceptedAt));
            _server._connections.Remove(connection);
        }

        /// <summary>A handler took the connection over: from now on it counts nowhere, and nobody waits for it or for what is left of its request.</summary>
        private void OnReleased(Connection connection)
        {
            _server._connections.Remove(connection);
            if (!connection.HasCountedRequest) return;
            connection.HasCountedRequest = false;
            _server._generation.Figures.Requests.EndUnmeasured();
        }

        private void Report(Connection connection, ConnectionState state)
        {
            var info = new ConnectionInfo(connection.Id, connection.RemoteEndPoint);
            try
            {
                _server.ConnState!(info, state);
            }
            catch (Exception e)
            {
                _context.Logger.ConnStateFailed(e, _server.Addr, info);
            }
        }
    }
}
