using System.Buffers;
using System.IO.Pipelines;
using Endless.Http.Buffers;
using Endless.Http.Connections;

namespace Endless.Http.MicroBenchmarks;

/// <summary>A client that sends the same bytes again and again, as fast as they are read, and throws the answers away.</summary>
/// <param name="bytes">What each read brings, at most 4 KiB.</param>
/// <param name="times">Reads before the client closes its side.</param>
internal sealed class ReplayConnection(byte[] bytes, int times) : Connection
{
    public override PipeReader Input { get; } = new Reader(bytes, times);

    public override PipeWriter Output { get; } = new Discard();

    public override long ReadDeadline { get; set; } = NoDeadline;

    public override long WriteDeadline { get; set; } = NoDeadline;

    public override bool ReadTimedOut => false;

    public override bool IsBroken => false;

    public override void Abort() => Close();

    public override void BreakOutput()
    {
    }

    public override void FlushNow()
    {
    }

    public override void ShutdownWrite()
    {
    }

    public override void Close()
    {
        Input.Complete();
        Output.Complete();
    }

    public override ValueTask YieldAsync() => default;

    private sealed class Reader(byte[] bytes, int times) : BlockPipeReader
    {
        private int _left = times;

        protected override ArrayPool<byte> Blocks => ArrayPool<byte>.Shared;

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            if (HasNews) return new(Result(canceled: false));
            if (_left-- == 0)
            {
                Ended = true;
            }
            else
            {
                bytes.CopyTo(MakeRoom());
                Fill(bytes.Length);
            }
            return new(Result(canceled: false));
        }

        public override bool TryRead(out ReadResult result)
        {
            result = HasNews ? Result(canceled: false) : default;
            return HasNews;
        }

        public override void CancelPendingRead()
        {
        }
    }

    private sealed class Discard : PipeWriter
    {
        private readonly byte[] _block = new byte[64 * 1024];
        private int _used;

        public override bool CanGetUnflushedBytes => true;

        public override long UnflushedBytes => _used;

        public override Memory<byte> GetMemory(int sizeHint = 0) => _block.AsMemory(_used);

        public override Span<byte> GetSpan(int sizeHint = 0) => _block.AsSpan(_used);

        public override void Advance(int count) => _used += count;

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            _used = 0;
            return default;
        }

        public override void CancelPendingFlush()
        {
        }

        public override void Complete(Exception? exception = null) => _used = 0;
    }
}
