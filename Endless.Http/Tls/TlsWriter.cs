using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using System.Runtime.CompilerServices;
using Endless.Http.Buffers;
using Endless.Http.Connections;

namespace Endless.Http.Tls;

/// <summary>What SslStream is to encrypt, as a pipe: one block at most, a record's worth, and none while idle.</summary>
/// <remarks>
/// A full block is encrypted at once into the connection's output, which holds it until the flush; SslStream's writes never wait
/// (<see cref="CipherStream"/>), so the only thing a flow ever waits for here is the connection's own flush, deadline, cancel and all.
/// </remarks>
/// <param name="inner">The connection underneath.</param>
/// <param name="layer">Whose pipe it is.</param>
/// <param name="ssl">What encrypts.</param>
internal sealed class TlsWriter(Connection inner, ITlsLayer layer, SslStream ssl) : PipeWriter
{
    /// <summary>Holds most responses; a page, so that the pool's arrays stay small.</summary>
    private const int FirstBlockSize = 4 * 1024;

    /// <summary>The plaintext of the longest TLS record (RFC 8446 section 5.1).</summary>
    private const int RecordSize = 16 * 1024;

    /// <summary>From this size on, memory given to <see cref="WriteAsync"/> is encrypted from where it is instead of being copied.</summary>
    private const int BorrowSize = 8 * 1024;

    /// <summary>Encrypted between two flushes of one long write: what a connection may hold of it.</summary>
    private const int FlushSize = 4 * RecordSize;

    private readonly PipeWriter _output = inner.Output;
    private OutputBlock _block;
    private bool _encrypted;    // since the last flush: the next block is a large one

    public override bool CanGetUnflushedBytes => true;

    /// <remarks>Plaintext and ciphertext together: what is still to be sent.</remarks>
    public override long UnflushedBytes => _block.Length + _output.UnflushedBytes;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _block.FreeMemory;
    }

    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _block.FreeSpan;
    }

    public override void Advance(int bytes) => _block.Advance(bytes);

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        Seal();
        return _output.FlushAsync(cancellationToken);
    }

    /// <summary>Moves what was written, encrypted, into the connection's output.</summary>
    public void Seal()
    {
        EncryptBlock();
        _block.Return(inner.Blocks);
        _encrypted = false;
    }

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        if (source.Length < BorrowSize)
        {
            this.Write(source.Span);
            return FlushAsync(cancellationToken);
        }
        EncryptBlock();
        if (source.Length > FlushSize) return WriteLongAsync(source, cancellationToken);
        Encrypt(source);
        return FlushAsync(cancellationToken);
    }

    public override void CancelPendingFlush() => _output.CancelPendingFlush();

    /// <summary>Gives the block back; what was not flushed is lost.</summary>
    public override void Complete(Exception? exception = null) => _block.Return(inner.Blocks);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<FlushResult> WriteLongAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken)
    {
        while (source.Length > FlushSize)
        {
            Encrypt(source[..FlushSize]);
            source = source[FlushSize..];
            FlushResult flush;
            try
            {
                flush = await FlushAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                Encrypt(source);    // use after free: the caller may reuse its memory after this
                throw;
            }
            if (flush.IsCompleted) return flush;
            if (!flush.IsCanceled) continue;
            Encrypt(source);
            return flush;
        }
        Encrypt(source);
        return await FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private void MakeRoom(int sizeHint)
    {
        sizeHint = Math.Max(sizeHint, 1);
        if (_block.Room >= sizeHint) return;
        if (_block.IsRented)
        {
            EncryptBlock();
            if (_block.Capacity >= Math.Max(sizeHint, RecordSize)) return;
            _block.Return(inner.Blocks);
        }
        _block.Rent(inner.Blocks, Math.Max(sizeHint, _encrypted ? RecordSize : FirstBlockSize));
    }

    private void EncryptBlock()
    {
        if (_block.Length > 0) Encrypt(_block.Filled);
        _block.Clear();
    }

    private void Encrypt(ReadOnlyMemory<byte> plaintext)
    {
        _encrypted = true;
        if (layer.IsBroken) return;
        try
        {
            ssl.WriteAsync(plaintext).GetAwaiter().GetResult();
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException)
        {
            layer.OnBroken(exception);
        }
    }
}
