using Endless.Http.Connections;

namespace Endless.Http.Http2;

/// <summary>How a connection that is read no more ends: what still runs is cut short, what is to be sent is sent, and the handlers are waited for.</summary>
internal sealed class ConnectionClose(ConnectionParts parts, StreamTable<Http2Stream> streams, ReadingFlow flow, HammerTime hammerTime)
{
    private volatile bool _hasTold; // clients of requests under way

    /// <inheritdoc cref="IProtocolEngine.TryEndAtHammerTime"/>
    public bool TryEndAtHammerTime()
    {
        if (!hammerTime.TryTell()) return false;
        _hasTold = true; // before the flow ends: its end looks
        lock (parts.Gate) flow.End();
        parts.Output.Flush();
        return true;
    }

    public async Task RunAsync()
    {
        ResetAll();
        var transport = parts.Transport;
        var linger = parts.Context.Timeouts.Linger;
        var sent = parts.Output.DrainAsync();
        if (transport.MakesRoom && !sent.IsCompleted) transport.Abort();
        if (flow.HasFailed && !sent.IsCompleted)
        {
            // A connection error is sent, but not waited for long.
            await sent.WaitAsync(TimeSpan.FromMilliseconds(linger)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!sent.IsCompleted) transport.Abort();
        }
        while (!sent.IsCompleted)
        {
            // A client that reads nothing for as long as a stream may stall will not read the rest.
            var before = transport.BytesSent;
            await sent.WaitAsync(TimeSpan.FromMilliseconds(Http2Limits.StallTimeout)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!sent.IsCompleted && transport.BytesSent == before) transport.Abort();
        }
        await sent.ConfigureAwait(false);
        lock (parts.Gate) parts.Output.Close();
        // The client knows by GOAWAY that nothing more comes, and closes. One that meets our end first, while it still gives up its request, takes the answer for lost as well (.NET's).
        if (_hasTold && !flow.HasInputEnded) await LingeringClose.DiscardAsync(transport, 2 * linger).ConfigureAwait(false);
        // Even if the client has closed since: what it sent before may be unread, and a close would then be a reset, which can cost it the GOAWAY.
        if (!flow.HasInputEnded && !transport.MakesRoom) await LingeringClose.RunAsync(transport, linger).ConfigureAwait(false);
        transport.Close();

        Task handlers;
        lock (parts.Gate) handlers = streams.WaitForHandlersAsync();
        await handlers.ConfigureAwait(false);
    }

    /// <summary>Cuts short what still runs.</summary>
    public void ResetAll()
    {
        lock (parts.Gate)
        {
            parts.Ready.IsReceiving = false;
            foreach (var stream in streams.Open.ToArray()) stream.Reset(StreamClosure.ResetHere, new RequestBodyException(400, "The client is gone."));
        }
        parts.Ready.RunBeside();
    }
}
