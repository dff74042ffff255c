using Endless.Http.Http2.Frames;

namespace Endless.Http.Http2;

/// <summary>What the clients of requests under way are told when the time to drain is over, before the connection ends.</summary>
/// <remarks>
/// <para>A gRPC call ends with the status UNAVAILABLE, which its client may retry on. Behind a GOAWAY with NO_ERROR, which a drain begins with, .NET's client takes the bare end of the connection for INTERNAL, which nobody
/// retries on, and of RST_STREAM's codes the protocol maps to UNAVAILABLE only REFUSED_STREAM, which is not true of a call that was begun.</para>
/// <para>A request whose handler was not called gets that (RFC 9113 section 8.7): it is safe to send again. What else is under way is cut with the connection, as Go's server does.</para>
/// </remarks>
internal sealed class HammerTime(ConnectionParts parts, StreamTable<Http2Stream> streams, StreamSender sender, StreamOpener opener)
{
    /// <summary>gRPC's code for UNAVAILABLE.</summary>
    private const string Unavailable = "14";

    /// <summary>Puts into the output what there is to tell; false for nothing. Outside the gate.</summary>
    public bool TryTell()
    {
        List<Http2Stream> refused;
        (Http2Stream Stream, Request Request)[] served;
        lock (parts.Gate)
        {
            refused = [.. streams.Open.Where(opener.IsWaiting)];
            foreach (var stream in refused) stream.ResetHere(ErrorCode.RefusedStream);
            served = [.. streams.Open.Select(static stream => (stream, stream.Request))];
        }
        // Deadlock: not under the gate, which a handler may wait for while it holds its fields.
        var calls = served.Where(static one => IsCall(one.Request)).ToArray();
        lock (parts.Gate)
        {
            foreach (var (stream, request) in calls)
                if (!stream.IsLocalEnded && stream.Request == request) EndCall(stream);
        }
        return refused.Count + calls.Length > 0;
    }

    /// <summary>Not grpc-web, which has its status in the body.</summary>
    private static bool IsCall(Request request)
    {
        if (!request.TryEnterFields()) return false;
        var type = request.Exchange.Fields.Get("Content-Type");
        request.LeaveFields();
        return type is not null && type.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) && (type.Length == 16 || type[16] is '+' or ';');
    }

    /// <summary>What the client's windows did not allow so far is dropped: its message is lost, and the status says that the call has failed.</summary>
    private void EndCall(Http2Stream stream)
    {
        var encoder = sender.Encoder;
        encoder.Begin();
        if (!stream.IsHeadSent)
        {
            encoder.AddStatus(200);
            encoder.Add("content-type", "application/grpc");
        }
        encoder.Add("grpc-status", Unavailable);
        encoder.Add("grpc-message", "The server is shutting down.");
        sender.SendHeaders(stream, endStream: true);
        // The rest of the request is not wanted (RFC 9113 section 8.1).
        if (!stream.IsRemoteEnded) parts.WriteReset(stream.Id, ErrorCode.NoError);
        stream.Reset(StreamClosure.ResetHere, new RequestBodyException(503, "The server is shutting down."));
    }
}
