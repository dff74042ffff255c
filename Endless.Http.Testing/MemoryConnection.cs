using System.IO.Pipelines;
using System.Net;
using Endless.Http.Connections;

namespace Endless.Http.Testing;

/// <summary>A connection without a socket: a pipe each way. No deadline of it ever passes, since in a test only the machine is late.</summary>
internal sealed class MemoryConnection : Connection
{
    // On the thread pool, so that a handler that blocks does not block its client.
    private readonly Pipe _toServer = new(new PipeOptions(useSynchronizationContext: false));
    private readonly Pipe _toClient = new(new PipeOptions(useSynchronizationContext: false));
    private readonly BreakableWriter _output;
    private volatile bool _isBroken;

    public MemoryConnection()
    {
        _output = new BreakableWriter(_toClient.Writer);
        RemoteEndPoint = LocalEndPoint = new IPEndPoint(IPAddress.Loopback, 0);
    }

    public override PipeReader Input => _toServer.Reader;

    public override PipeWriter Output => _output;

    public override long ReadDeadline { get; set; } = NoDeadline;

    public override long WriteDeadline { get; set; } = NoDeadline;

    public override bool ReadTimedOut => false;

    public override bool IsBroken => _isBroken;

    /// <summary>What the client receives.</summary>
    public PipeReader FromServer => _toClient.Reader;

    /// <summary>What the client sends.</summary>
    public PipeWriter ToServer => _toServer.Writer;

    /// <summary>The client has hung up: nothing more comes, and nothing more is taken.</summary>
    public void CloseByClient()
    {
        _isBroken = true;
        _toServer.Writer.Complete();
        _toClient.Reader.Complete();
        RaisePeerClosed();
    }

    public override void Abort()
    {
        _isBroken = true;
        _output.Break();
        _toServer.Writer.Complete();
        _toServer.Reader.CancelPendingRead();
        RaisePeerClosed();
    }

    public override void BreakOutput() => _output.Break();

    public override void FlushNow() => _ = _output.FlushAsync();

    public override void ShutdownWrite() => _toClient.Writer.Complete();

    public override void Close()
    {
        _toServer.Reader.Complete();
        if (_isBroken) _toClient.Writer.Complete(new IOException("The server has reset the connection."));
        else _toClient.Writer.Complete();
    }

    public override async ValueTask YieldAsync() => await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);

    /// <summary>Nothing is sent any more once it is broken.</summary>
    private sealed class BreakableWriter(PipeWriter inner) : PipeWriter
    {
        private volatile bool _isBroken;

        public override bool CanGetUnflushedBytes => true;

        public override long UnflushedBytes => inner.UnflushedBytes;

        public void Break()
        {
            _isBroken = true;
            inner.CancelPendingFlush();
        }

        public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            if (_isBroken) return new FlushResult(isCanceled: false, isCompleted: true);
            var result = await inner.FlushAsync(cancellationToken).ConfigureAwait(false);
            return _isBroken ? new FlushResult(isCanceled: false, isCompleted: true) : result;
        }

        public override void Advance(int bytes) => inner.Advance(bytes);

        public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);
    }
}
