using System.IO.Pipelines;

namespace Endless.Http.Semantics;

/// <summary>A request's body as the protocol engines make it: a pipe that knows its limit and the trailer section behind it.</summary>
internal abstract class RequestBody : PipeReader
{
    /// <summary>The body of a request that has none.</summary>
    public static readonly RequestBody None = new EmptyBody();

    /// <summary>Bytes a handler is willing to read; -1 for no limit. Over it reads fail with <see cref="MaxBytesException"/>.</summary>
    public abstract long MaxBytes { get; set; }

    /// <summary>Holds this body to a rate of its own, in the place of the server's (<see cref="BodyRate"/>).</summary>
    /// <param name="bytesPerSecond">0 for none.</param>
    /// <param name="grace">Milliseconds.</param>
    public virtual void SetLeastRate(int bytesPerSecond, int grace) { }

    /// <summary>All of the body has come, its trailer section too, or nothing more will.</summary>
    public abstract bool IsEnded { get; }

    /// <summary>The trailer section; null until the body has been read to its end, and where there is none.</summary>
    public virtual FieldLines? Trailers => null;

    private sealed class EmptyBody : RequestBody
    {
        public override long MaxBytes
        {
            get => -1;
            set { }
        }

        public override bool IsEnded => true;

        public override bool TryRead(out ReadResult result)
        {
            result = new ReadResult(default, isCanceled: false, isCompleted: true);
            return true;
        }

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
            new(new ReadResult(default, isCanceled: false, isCompleted: true));

        public override void AdvanceTo(SequencePosition consumed) { }

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) { }

        public override void CancelPendingRead() { }

        public override void Complete(Exception? exception = null) { }
    }
}
