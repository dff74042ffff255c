namespace Endless.Http.Messages;

/// <summary>Whoever made a request, and can tell it that its client has gone.</summary>
internal interface IPeerWatcher
{
    /// <summary>A handler asked for <see cref="Request.Cancellation"/> for the first time: from now on <see cref="Request.Cancel"/> is to be called when the client goes, at once if it has.</summary>
    void WatchPeer();
}
