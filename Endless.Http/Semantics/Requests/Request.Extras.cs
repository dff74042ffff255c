using Endless.Http.Semantics;

namespace Endless.Http;

public sealed partial class Request
{
    /// <summary>What a room above keeps with the request and its copies: the one of a type; null if none was kept.</summary>
    internal T? Kept<T>() where T : class
    {
        for (var kept = Root._extras?.Kept; kept is not null; kept = kept.Next)
            if (kept.Value is T value) return value;
        return null;
    }

    /// <summary>Keeps an object with the request and its copies.</summary>
    internal void Keep(object value)
    {
        var extras = Root.Extras;
        extras.Kept = new KeptObject(value, extras.Kept);
    }

    /// <summary>A list: a request has one or two of them, if any.</summary>
    private sealed record KeptObject(object Value, KeptObject? Next);

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
        public KeptObject? Kept;
        public TaskCompletionSource? Left; // completes when the last operation has left a request that was ended
    }
}
