using System.IO.Pipelines;
using Endless.Http.Connections;
using Endless.Http.Http1;
using Endless.Http.Http2;
using Endless.Http.Semantics;

namespace Endless.Http.Serving;

/// <summary>
/// Chooses the engine for a connection: with TLS by what ALPN agreed on (RFC 7301), in the clear by the client's first bytes, since HTTP/2 with prior
/// knowledge begins with a preface that no request of HTTP/1 begins with (RFC 9113 section 3.3), or, where that is turned on, by a request that asks to go on with HTTP/2.
/// </summary>
internal static class ProtocolSelector
{
    /// <summary>Serves a connection whose first bytes have arrived, or the next ones after it was idle. Does not throw.</summary>
    public static ValueTask<ConnectionOutcome> ServeAsync(Connection connection, ProtocolContext context)
    {
        if (connection.Tag is Http1Connection { IsIdle: true } idle) return idle.ServeAsync();
        if (connection.Tls is { } tls) return ServeAsync(connection, context, http2: tls.NegotiatedProtocol == "h2");
        if (!context.UnencryptedHttp2) return ServeAsync(connection, context, http2: false);
        // Without a flow where, as nearly always, the first read decides: its state machines would be the first that a process compiles.
        var read = connection.Input.ReadAsync();
        if (!read.IsCompletedSuccessfully) return DecideAndServeAsync(connection, context, read);
        return Decide(connection, read.Result) is { } http2
            ? ServeAsync(connection, context, http2)
            : DecideAndServeAsync(connection, context, connection.Input.ReadAsync());
    }

    private static ValueTask<ConnectionOutcome> ServeAsync(Connection connection, ProtocolContext context, bool http2)
    {
        connection.Protocol = http2 ? "HTTP/2.0" : "HTTP/1.1";
        if (http2) return new(ServeHttp2Async(connection, context, upgrade: null));
        var http1 = new Http1Connection(connection, context) { UpgradeToHttp2 = connection.Tls is null && context.UnencryptedHttp2Upgrade ? UpgradeAsync : null };
        connection.Tag = http1;
        return http1.ServeAsync();
    }

    private static Task<ConnectionOutcome> UpgradeAsync(Connection connection, ProtocolContext context, UpgradeRequest request)
    {
        connection.Protocol = "HTTP/2.0";
        return ServeHttp2Async(connection, context, request);
    }

    private static Task<ConnectionOutcome> ServeHttp2Async(Connection connection, ProtocolContext context, UpgradeRequest? upgrade)
    {
        var http2 = new Http2Connection(connection, context);
        connection.Tag = http2;
        return http2.ServeAsync(upgrade);
    }

    private static async ValueTask<ConnectionOutcome> DecideAndServeAsync(Connection connection, ProtocolContext context, ValueTask<ReadResult> read)
    {
        while (true)
        {
            if (Decide(connection, await read.ConfigureAwait(false)) is { } http2) return await ServeAsync(connection, context, http2).ConfigureAwait(false);
            read = connection.Input.ReadAsync();
        }
    }

    /// <summary>Whether these first bytes are HTTP/2's; null if more must arrive before that is known.</summary>
    private static bool? Decide(Connection connection, in ReadResult result)
    {
        var recognized = Preface.Recognize(result.Buffer);
        // What is not decided stays unread; what is decided stays unexamined too, for the engine.
        connection.Input.AdvanceTo(result.Buffer.Start, recognized is null ? result.Buffer.End : result.Buffer.Start);
        // Silence, a closed connection and a request to leave are for an engine to deal with, and HTTP/1's knows how to refuse three bytes.
        return recognized ?? (result.IsCompleted || result.IsCanceled ? false : null);
    }
}
