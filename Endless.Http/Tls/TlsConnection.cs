using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Endless.Http.Connections;
using Endless.Http.Sockets;
using Endless.Http.Workers;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Tls;

/// <summary>A connection whose bytes TLS protects on their way through another. Its pipes may be used once <see cref="AuthenticateAsync"/> has completed.</summary>
/// <remarks>
/// Deadlines, cancels, the end of the stream and back pressure are the inner connection's own, passed through. It owns the inner
/// connection: <see cref="Close"/> says goodbye to the peer (close_notify, RFC 8446 section 6.1) and closes both.
/// </remarks>
internal sealed class TlsConnection : Connection, IPeerObserver, ITlsLayer
{
    private readonly CipherStream _cipher;
    private readonly SslStream _ssl;
    private readonly TlsReader _reader;
    private readonly TlsWriter _writer;
    private readonly ILogger _logger;
    private volatile bool _broken;
    private bool _writeShut;
    private bool _closed;
    private TlsConnectionState? _state;

    public TlsConnection(Connection inner, ILogger logger)
    {
        Id = inner.Id;
        StayHere(); // the keys, and what OpenSSL knows of them, live in this process
        Inner = inner;
        _logger = logger;
        _cipher = new CipherStream(inner);
        _ssl = new SslStream(_cipher, leaveInnerStreamOpen: true);
        _reader = new TlsReader(inner, this, _ssl, _cipher);
        _writer = new TlsWriter(inner, this, _ssl);
        inner.Observe(this);
        if (inner is SocketConnection socket) socket.Outer = this;
    }

    /// <summary>The connection underneath.</summary>
    public Connection Inner { get; }

    public override bool IsBroken => _broken || Inner.IsBroken;

    public override EndPoint? LocalEndPoint => Inner.LocalEndPoint;

    public override EndPoint? RemoteEndPoint => Inner.RemoteEndPoint;

    public override PipeReader Input => _reader;

    public override PipeWriter Output => _writer;

    public override TlsConnectionState? Tls => _state;

    public override long ReadDeadline { get => Inner.ReadDeadline; set => Inner.ReadDeadline = value; }

    public override long WriteDeadline { get => Inner.WriteDeadline; set => Inner.WriteDeadline = value; }

    public override bool ReadTimedOut => _reader.TimedOut;

    public override LeastRate? LeastSendRate { get => Inner.LeastSendRate; set => Inner.LeastSendRate = value; }

    public override int ResponsesAbandoned { get => Inner.ResponsesAbandoned; set => Inner.ResponsesAbandoned = value; }

    public override bool IsAskedForRoom => Inner.IsAskedForRoom;

    public override bool MakesRoom => Inner.MakesRoom;

    public override void AskForRoom() => Inner.AskForRoom();

    public override long Now => Inner.Now;

    public override BlockingSite? ActiveSite { get => Inner.ActiveSite; set => Inner.ActiveSite = value; }

    public override WorkerPool? Workers => Inner.Workers;

    public override void Defer(IThreadPoolWorkItem work) => Inner.Defer(work);

    public override void Resume(IThreadPoolWorkItem work, BlockingSite site) => Inner.Resume(work, site);

    public override ArrayPool<byte> Blocks => Inner.Blocks;

    public override long BytesReceived => Inner.BytesReceived;

    public override long BytesSent => Inner.BytesSent;

    /// <summary>
    /// The handshake. Ends in the exception of SslStream if it comes to nothing, and not at all if the inner connection stops first:
    /// then <paramref name="stopped"/> is told, and goes on with <see cref="ResumeHandshake"/> or gives the connection up.
    /// </summary>
    public async Task AuthenticateAsync(TlsContext context, Action<ReadStop> stopped)
    {
        _cipher.Stopped = stopped;
        await context.AuthenticateAsync(_ssl).ConfigureAwait(false);
        _cipher.Stopped = _reader.OnStopped;
        _state = new TlsConnectionState
        {
            Version = _ssl.SslProtocol,
            CipherSuite = _ssl.NegotiatedCipherSuite,
            Algorithms = CipherAlgorithms.Of(_ssl),
            ServerName = _ssl.TargetHostName,
            NegotiatedProtocol = _ssl.NegotiatedApplicationProtocol.ToString(),
            ClientCertificate = _ssl.RemoteCertificate as X509Certificate2,
        };
    }

    /// <summary>Goes on with a handshake that stopped.</summary>
    public void ResumeHandshake() => _cipher.Resume();

    /// <summary>The state of the encryption lives in this process and cannot go on to another: a hand-over is a drain.</summary>
    public override void RequestLeave(LeaveRequest request) =>
        base.RequestLeave(request == LeaveRequest.HandOver ? LeaveRequest.Drain : request);

    public override void Abort() => Inner.Abort();

    public override void BreakOutput() => Inner.BreakOutput();

    public override void FlushNow()
    {
        _writer.Seal();
        Inner.FlushNow();
    }

    /// <summary>Says that no more bytes follow, in TLS and below.</summary>
    public override void ShutdownWrite()
    {
        SendCloseNotify();
        Inner.ShutdownWrite();
    }

    public override void Close()
    {
        if (_closed) return;
        _closed = true;
        SendCloseNotify();
        _ssl.Dispose();
        _reader.Complete();
        _writer.Complete();
        Inner.Close();
    }

    public override ValueTask YieldAsync() => Inner.YieldAsync();

    /// <inheritdoc/>
    public void OnInputEnded() => RaisePeerClosed();

    void IPeerObserver.OnPeerClosed() => RaisePeerClosed();

    /// <inheritdoc/>
    public void OnBroken(Exception exception)
    {
        if (_broken) return;
        _broken = true;
        TlsLog.Broken(_logger, Id, TlsLog.Reason(exception));
        Inner.Abort();
    }

    /// <summary>Without it a client cannot tell the end of a response without a length from an attacker's cut (RFC 9112 section 9.8).</summary>
    private void SendCloseNotify()
    {
        if (_state == null || _writeShut || _broken) return;
        _writeShut = true;
        try
        {
            _ssl.ShutdownAsync().GetAwaiter().GetResult();
        }
        catch (Exception)
        {
            // Of any kind: what OpenSSL refuses, ShutdownAsync throws as an SslException that is internal to .NET and neither an IOException nor an
            // InvalidOperationException. There is no goodbye then; the socket is to be closed all the same.
            return;
        }
        // Sent now or never: what was written before is flushed, so there is room for 24 bytes unless the peer has stopped reading. Not by a flush, which would
        // then go on waiting while the socket is closed, and which a pending cancel would end before it began.
        Inner.FlushNow();
    }
}
