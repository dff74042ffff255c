using Endless.Http.Http1;
using Endless.Http.Http2;
using Endless.Http.Protocols;
using Endless.Http.Transport;

namespace Endless.Http;

/// <summary>
/// Chooses the engine for a connection: with TLS by what ALPN agreed on (RFC 7301), in the clear by the client's first bytes, since HTTP/2 with prior
/// knowledge begins with a preface that no request of HTTP/1 begins with (RFC 9113 section 3.3), or by a request that asks to go on with HTTP/2.
/// </summary>
internal static class ProtocolSelector
{
    /// <summary>Serves a connection whose first bytes have arrived, or the next ones after it was idle. Does not throw.</summary>
    public static ValueTask<ConnectionOutcome> ServeAsync(Connection connection, ProtocolContext context) =>
        connection.Tag is Http1Connection { IsIdle: true } idle ? idle.ServeAsync() : BeginAsync(connection, context);

    private static async ValueTask<ConnectionOutcome> BeginAsync(Connection connection, ProtocolContext context)
    {
        var http2 = connection.Tls is { } tls
            ? tls.NegotiatedProtocol == "h2"
            : context.UnencryptedHttp2 && await BeginsWithPrefaceAsync(connection).ConfigureAwait(false);
        connection.Protocol = http2 ? "HTTP/2.0" : "HTTP/1.1";
        if (http2) return await new Http2Connection(connection, context).ServeAsync().ConfigureAwait(false);
        var http1 = new Http1Connection(connection, context) { UpgradeToHttp2 = connection.Tls is null && context.UnencryptedHttp2 ? UpgradeAsync : null };
        connection.Tag = http1;
        return await http1.ServeAsync().ConfigureAwait(false);
    }

    private static Task<ConnectionOutcome> UpgradeAsync(Connection connection, ProtocolContext context, UpgradeRequest request)
    {
        connection.Protocol = "HTTP/2.0";
        return new Http2Connection(connection, context).ServeAsync(request);
    }

    private static async ValueTask<bool> BeginsWithPrefaceAsync(Connection connection)
    {
        while (true)
        {
            var result = await connection.Input.ReadAsync().ConfigureAwait(false);
            var recognized = Preface.Recognize(result.Buffer);
            // What is not decided stays unread; what is decided stays unexamined too, for the engine.
            connection.Input.AdvanceTo(result.Buffer.Start, recognized is null ? result.Buffer.End : result.Buffer.Start);
            if (recognized is { } decided) return decided;
            // Silence, a closed connection and a request to leave are for an engine to deal with, and HTTP/1's knows how to refuse three bytes.
            if (result.IsCompleted || result.IsCanceled) return false;
        }
    }
}
