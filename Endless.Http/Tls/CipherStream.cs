using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using Endless.Http.Connections;
using Endless.Http.Http1;

namespace Endless.Http.Tls;

/// <summary>A connection's pipes as the stream that <see cref="System.Net.Security.SslStream"/> reads ciphertext from and writes it to.</summary>
/// <remarks>
/// <para>SslStream cannot take back a read: one that is canceled or fails leaves it unusable, and one that meets the end in the middle of a
/// record throws. So it is told of neither. A read of the connection that ends without bytes leaves SslStream's read pending, goes to
/// <see cref="Stopped"/>, and <see cref="Resume"/> tries again for the same read: nothing is lost, and no exception is spent on a client.</para>
/// <para>A write only fills the connection's output, so it never waits; whoever has SslStream encrypt flushes afterwards. SslStream reads in
/// one flow and writes in one flow at a time. Its reads write nothing: it does so only for a renegotiation, which TLS 1.3 does not have and
/// <see cref="TlsContext"/> refuses in TLS 1.2.</para>
/// </remarks>
internal sealed class CipherStream : Stream, IValueTaskSource<int>
{
    private readonly Connection _connection;
    private readonly Action _onReceived;
    private ManualResetValueTaskSourceCore<int> _source;
    private ConfiguredValueTaskAwaitable<ReadResult>.ConfiguredValueTaskAwaiter _receiving;
    private Memory<byte> _buffer;

    public CipherStream(Connection connection)
    {
        _connection = connection;
        _onReceived = OnReceived;
    }

    /// <summary>Told when a read of the connection ended without bytes, on the thread where it did.</summary>
    public Action<ReadStop> Stopped { get; set; } = static _ => { };

    /// <summary>Cancels reads of the connection: the token of the flow that waits for what SslStream decrypts.</summary>
    public CancellationToken ReadToken { get; set; }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Waits for bytes; with an empty buffer without taking any, so that SslStream holds no memory meanwhile.</summary>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _buffer = buffer;
        _source.Reset();
        return TryReceive(out var count) ? new(count) : new(this, _source.Version);
    }

    /// <summary>Goes on with a read that stopped. Its answer may come before this returns.</summary>
    public void Resume()
    {
        if (TryReceive(out var count)) _source.SetResult(count);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _connection.Output.Write(buffer.Span);
        return default;
    }

    public override void Write(ReadOnlySpan<byte> buffer) => _connection.Output.Write(buffer);

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <summary>Sends. SslStream asks for it only between the messages of the handshake.</summary>
    public override async Task FlushAsync(CancellationToken cancellationToken) => await _connection.Output.FlushAsync(CancellationToken.None).ConfigureAwait(false);

    /// <summary>Nothing is held back here. Called when SslStream is disposed of.</summary>
    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>False if the answer comes later, or the read stopped.</summary>
    private bool TryReceive(out int count)
    {
        _receiving = _connection.Input.ReadAsync(ReadToken).ConfigureAwait(false).GetAwaiter();
        if (_receiving.IsCompleted) return TryTake(out count);
        count = 0;
        _receiving.UnsafeOnCompleted(_onReceived);
        return false;
    }

    private void OnReceived()
    {
        if (TryTake(out var count)) _source.SetResult(count);
    }

    private bool TryTake(out int count)
    {
        var input = _connection.Input;
        ReadResult result;
        count = 0;
        try
        {
            result = _receiving.GetResult();
        }
        catch (OperationCanceledException)
        {
            Stopped(ReadStop.TokenCanceled);
            return false;
        }
        var received = result.Buffer;
        if (received.IsEmpty || result.IsCanceled)
        {
            input.AdvanceTo(received.Start);
            Stopped(result.IsCanceled ? ReadStop.Canceled : ReadStop.Ended);
            return false;
        }
        if (received.Length > _buffer.Length) received = received.Slice(0, _buffer.Length);
        received.CopyTo(_buffer.Span);
        count = (int)received.Length;
        input.AdvanceTo(received.End);
        return true;
    }

    int IValueTaskSource<int>.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _source.GetStatus(token);

    // As in SocketWait: the flow belongs to its loop.
    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags & ~ValueTaskSourceOnCompletedFlags.UseSchedulingContext);
}
