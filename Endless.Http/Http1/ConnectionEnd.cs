using Endless.Http.Connections;
using Endless.Http.Semantics;

namespace Endless.Http.Http1;

/// <summary>How a connection of HTTP/1 ends: with a refusal, in stages, in another process, or with a reset.</summary>
internal sealed class ConnectionEnd(Connection connection, ProtocolContext context, Http1Timeouts timeouts, Http1Response response, RequestHeadReader headReader)
{
    /// <summary>Refuses what is not a request, or a request that gets no handler; nothing after it on this connection is answered.</summary>
    public void Reject(Rejection rejection)
    {
        connection.SetState(ConnectionState.Active);
        timeouts.BeginResponse();
        // Whoever has sent a request before understands the answer.
        if (rejection == SyntaxErrors.ForeignProtocol && connection.RequestsServed == 0) return;
        if (rejection.Status < 500) context.Logger.RequestRefused(connection.Id, rejection.Status, rejection.Reason);
        response.WriteRejection(rejection, isHead: headReader.Buffer.AsSpan(0, headReader.Length).StartsWith("HEAD "u8));
    }

    /// <summary>Sends the last response, and has the client read it before the connection is closed.</summary>
    /// <param name="linger">More may come from the client; otherwise only bytes that have already come are a reason to linger.</param>
    public async ValueTask RunAsync(bool linger)
    {
        response.ReleaseBuffer();
        if (connection.MakesRoom)
        {
            connection.FlushNow();
            return;
        }
        if (!await response.SendAllAsync().ConfigureAwait(false)) return;
        if (!linger && connection.Input.TryRead(out var rest))
        {
            linger = !rest.Buffer.IsEmpty;
            connection.Input.AdvanceTo(rest.Buffer.End);
        }
        if (linger) await LingeringClose.RunAsync(connection, context.Timeouts.Linger).ConfigureAwait(false);
    }

    /// <summary>Ends the connection without a proper end of the last response; those before it in a pipeline still go out.</summary>
    public async ValueTask AbortAsync()
    {
        if (response.HasUnflushed) await response.SendAllAsync().ConfigureAwait(false);
        connection.Abort();
    }

    /// <summary>Sends what is to be sent before another process takes the connection over.</summary>
    public async ValueTask<ConnectionOutcome> HandOverAsync() =>
        !response.HasUnflushed || await response.SendAllAsync().ConfigureAwait(false) ? ConnectionOutcome.HandOver : ConnectionOutcome.Close;
}
