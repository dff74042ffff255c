using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using Endless.Http.Buffers;
using Endless.Http.Connections;

namespace Endless.Http.Tls;

/// <summary>What SslStream decrypts, as a pipe: no block while it waits.</summary>
/// <remarks>
/// <para>A wait is a read of SslStream into no buffer, which ends when something is decrypted; only then is a block taken and filled, at
/// once. A wait that is canceled or times out ends for the caller alone: SslStream's read stays (<see cref="CipherStream"/>), and the next
/// wait takes it up again.</para>
/// <para>One thread at a time is in here. A flow calls <see cref="ReadAsync"/>; from the moment the connection's own read sleeps, whoever
/// the transport lets resume that read runs <see cref="OnDecrypted"/> or <see cref="OnStopped"/>, one of them and once for each wait. Only
/// <see cref="CancelPendingRead"/> comes from anywhere, and it only raises flags.</para>
/// </remarks>
internal sealed class TlsReader : BlockPipeReader, IValueTaskSource<ReadResult>
{
    private readonly Connection _inner;
    private readonly ITlsLayer _layer;
    private readonly SslStream _ssl;
    private readonly CipherStream _cipher;
    private readonly Action _onDecrypted;
    private ManualResetValueTaskSourceCore<ReadResult> _source;
    private ConfiguredValueTaskAwaitable<int>.ConfiguredValueTaskAwaiter _decrypting;
    private bool _pending;      // SslStream's read is under way, or stopped
    private int _canceled;

    /// <param name="inner">The connection underneath.</param>
    /// <param name="layer">Whose pipe it is.</param>
    /// <param name="ssl">What decrypts.</param>
    /// <param name="cipher">What that reads of.</param>
    public TlsReader(Connection inner, ITlsLayer layer, SslStream ssl, CipherStream cipher)
    {
        _inner = inner;
        _layer = layer;
        _ssl = ssl;
        _cipher = cipher;
        _onDecrypted = OnDecrypted;
    }

    /// <summary>The last wait gave up at the connection's read deadline.</summary>
    public bool TimedOut { get; private set; }

    protected override ArrayPool<byte> Blocks => _inner.Blocks;

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<ReadResult>(cancellationToken);
        TimedOut = false;
        if (TakeCancel()) return new(Result(canceled: true));
        if (HasNews) return new(Result(canceled: false));

        ReleaseIfEmpty();
        _source.Reset();
        _cipher.ReadToken = cancellationToken;
        if (_pending) _cipher.Resume();
        else if (TryDecrypt()) return new(Result(canceled: false));
        return new(this, _source.Version);
    }

    public override bool TryRead(out ReadResult result)
    {
        var canceled = TakeCancel();
        if (canceled || HasNews)
        {
            result = Result(canceled);
            return true;
        }
        result = default;
        return false;
    }

    public override void CancelPendingRead()
    {
        Interlocked.Exchange(ref _canceled, 1);
        _inner.Input.CancelPendingRead();
    }

    /// <summary>The connection's read ended without bytes. SslStream's stays as it is.</summary>
    public void OnStopped(ReadStop stop)
    {
        if (stop == ReadStop.TokenCanceled)
        {
            _source.SetException(new OperationCanceledException(_cipher.ReadToken));
            return;
        }
        if (stop == ReadStop.Canceled)
        {
            TimedOut = _inner.ReadTimedOut;
            // A cancel that ReadAsync has already answered stays noted in the inner connection: not answered twice.
            if (!TakeCancel() && !TimedOut)
            {
                _cipher.Resume();
                return;
            }
            _source.SetResult(Result(canceled: true));
            return;
        }
        End();
        _source.SetResult(Result(canceled: false));
    }

    private bool TakeCancel() => Volatile.Read(ref _canceled) != 0 && Interlocked.Exchange(ref _canceled, 0) != 0;

    /// <summary>True if there is an answer now.</summary>
    private bool TryDecrypt()
    {
        var read = _ssl.ReadAsync(Memory<byte>.Empty);
        _decrypting = read.ConfigureAwait(false).GetAwaiter();
        if (read.IsCompleted)
        {
            Take();
            return true;
        }
        _pending = true;
        _decrypting.UnsafeOnCompleted(_onDecrypted);
        return false;
    }

    private void OnDecrypted()
    {
        _pending = false;
        Take();
        _source.SetResult(Result(canceled: false));
    }

    /// <summary>Moves what SslStream decrypted into a block.</summary>
    private void Take()
    {
        try
        {
            _decrypting.GetResult();
            // Something is decrypted, or the peer has closed its side (close_notify): either way this read does not wait. Were it to,
            // GetResult would throw, and the connection end.
            var count = _ssl.ReadAsync(MakeRoom()).GetAwaiter().GetResult();
            if (count > 0) Fill(count);
            else End();
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException)
        {
            // A record that does not decrypt, or makes no sense: neither direction can be used any more (RFC 8446 section 6.2).
            End();
            _layer.OnBroken(exception);
        }
    }

    private void End()
    {
        Ended = true;
        ReleaseIfEmpty();
        _layer.OnInputEnded();
    }

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _source.GetStatus(token);

    // As in SocketWait: the flow belongs to its loop.
    void IValueTaskSource<ReadResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags & ~ValueTaskSourceOnCompletedFlags.UseSchedulingContext);
}
