using System.Buffers;
using System.IO.Pipelines;
using System.Security.Authentication;
using Endless.Http.Transport;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Tls;

/// <summary>The beginning of a TLS connection, up to the point where its pipes can be used, or the end of it.</summary>
internal static class TlsHandshake
{
    /// <summary>Content type of a record that carries handshake messages (RFC 8446 section 5.1): every client's first byte.</summary>
    private const byte HandshakeRecord = 22;

    /// <summary>How long a client in the clear is given to read its answer before a reset can take it away. Go's rstAvoidanceDelay.</summary>
    private const long Linger = 500;

    /// <summary>True if the handshake succeeded; otherwise the connection is to be closed. Ends at the connection's deadlines at the latest.</summary>
    public static async Task<bool> RunAsync(TlsConnection connection, TlsContext context, ILogger logger)
    {
        var problem = await FirstByteAsync(connection.Inner).ConfigureAwait(false) switch
        {
            HandshakeRecord => await AuthenticateAsync(connection, context).ConfigureAwait(false),
            >= (byte)'A' and <= (byte)'Z' => await RefusePlainHttpAsync(connection.Inner).ConfigureAwait(false),
            null => "the client closed the connection or said nothing in time",
            _ => "the client speaks neither TLS nor HTTP",
        };
        if (problem != null) TlsLog.HandshakeFailed(logger, connection.Id, problem);
        return problem == null;
    }

    private static async Task<byte?> FirstByteAsync(Connection connection)
    {
        while (true)
        {
            var read = await connection.Input.ReadAsync().ConfigureAwait(false);
            byte? first = read.Buffer.IsEmpty ? null : read.Buffer.FirstSpan[0];
            connection.Input.AdvanceTo(read.Buffer.Start);      // nothing examined: SslStream's first read finds it all
            // A request to leave changes nothing for a handshake: the engine hears of it.
            if (!read.IsCanceled || connection.ReadTimedOut) return read.IsCanceled ? null : first;
        }
    }

    private static async Task<string?> AuthenticateAsync(TlsConnection connection, TlsContext context)
    {
        var stopped = new TaskCompletionSource<ReadStop>();
        var authentication = connection.AuthenticateAsync(context, stop => stopped.TrySetResult(stop));
        if (await Task.WhenAny(authentication, stopped.Task).ConfigureAwait(false) != authentication)
            return await stopped.Task.ConfigureAwait(false) == ReadStop.Ended ? "the client closed the connection" : "the client took too long";
        try
        {
            await authentication.ConfigureAwait(false);
            return null;
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // The alert that says why to the client: SslStream does not flush every one.
            await connection.Inner.Output.FlushAsync().ConfigureAwait(false);
            return TlsLog.Reason(exception);
        }
    }

    /// <summary>A client that speaks HTTP in the clear is told so, in the words of Go's net/http.</summary>
    private static async Task<string> RefusePlainHttpAsync(Connection connection)
    {
        connection.Output.Write("HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"u8);
        await connection.Output.FlushAsync().ConfigureAwait(false);
        // Closed with bytes unread, the socket would send a reset, which may overtake the answer.
        connection.ShutdownWrite();
        connection.ReadDeadline = Math.Min(connection.ReadDeadline, Environment.TickCount64 + Linger);
        ReadResult read;
        do
        {
            read = await connection.Input.ReadAsync().ConfigureAwait(false);
            connection.Input.AdvanceTo(read.Buffer.End);
        }
        while (!read.IsCompleted && !read.IsCanceled);
        return "the client sent HTTP in the clear";
    }
}
