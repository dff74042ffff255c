using System.IO.Pipelines;

namespace Endless.Http.Tls;

/// <summary>One end of a connection in memory, whose other end is another of these.</summary>
internal sealed class TrialStream : Stream
{
    private readonly Stream _input;
    private readonly PipeWriter _output;

    private TrialStream(PipeReader input, PipeWriter output) => (_input, _output) = (input.AsStream(), output);

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Both ends. What one writes continues the read of the other on the same thread; nothing is ever too much to be written.</summary>
    public static (TrialStream, TrialStream) Pair()
    {
        var options = new PipeOptions(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0, useSynchronizationContext: false);
        var (there, back) = (new Pipe(options), new Pipe(options));
        return (new(there.Reader, back.Writer), new(back.Reader, there.Writer));
    }

    /// <summary>The other end finds no more than what was written.</summary>
    public void End() => _output.Complete();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => _input.ReadAsync(buffer, cancellationToken);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        await _output.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
