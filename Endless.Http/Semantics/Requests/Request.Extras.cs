using Endless.Http.Semantics;

namespace Endless.Http;

public sealed partial class Request
{
    /// <summary>What few handlers ask of a request: made with the first of it, so that the others do not pay for the room.</summary>
    private sealed class RequestExtras
    {
        public CancellationTokenSource? Cancellation;
        public Dictionary<string, object?>? Values;
        public UrlValues? Query;
        public HandlerBodyStream? BodyStream;
        public Header? NoTrailers;
        public Stack<IDisposable>? Disposables; // under a lock on this object, until the request is over
        public RequestChanges? Changes; // null for a request as it was received
        public TaskCompletionSource? Left; // completes when the last operation has left a request that was ended
    }
}
