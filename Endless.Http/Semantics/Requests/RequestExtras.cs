namespace Endless.Http.Semantics;

/// <summary>What few handlers ask of a <see cref="Request"/>: made with the first of it, so that the others do not pay for the room.</summary>
internal sealed class RequestExtras
{
    public CancellationTokenSource? Cancellation;
    public Dictionary<string, object?>? Values;
    public UrlValues? Query;
    public RequestBodyStream? BodyStream;
    public Header? NoTrailers;
    public RequestChanges? Changes; // null for a request as it was received
    public TaskCompletionSource? Left; // completes when the last operation has left a request that was ended
}
