using System.Diagnostics;
using Endless.Http.Budgets;
using Endless.Http.Connections;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Tls;

/// <summary>Puts TLS between a listener and the handler of its connections, which sees <see cref="TlsConnection"/>s and serves those whose handshake succeeded.</summary>
/// <param name="next">Serves the connections.</param>
/// <param name="context">What they share.</param>
/// <param name="handshakeTimeout">From the accept to the end of the handshake, in milliseconds; negative for no limit.</param>
/// <param name="drainGrace">How long a handshake may still take once its server is stopping, in milliseconds.</param>
/// <param name="onHandshake">Told of each handshake: the connection, how long it took, and whether it succeeded.</param>
/// <param name="budget">How many may be under way at once.</param>
/// <param name="logger">Where failed handshakes go, at debug level.</param>
internal sealed class TlsConnectionHandler(IConnectionHandler next, TlsContext context, long handshakeTimeout, long drainGrace, Action<Connection, TimeSpan, bool>? onHandshake, ProcessBudget budget, ILogger logger) : IConnectionHandler
{
    /// <summary>Told of each connection whose handshake begins; null where nobody wants to know.</summary>
    public Action<Connection>? HandshakeBegan { get; init; }

    public bool OnAccepted(Connection connection)
    {
        var tls = new TlsConnection(connection, logger);
        connection.Tag = tls;
        if (!next.OnAccepted(tls)) return false;
        if (handshakeTimeout >= 0)
            connection.ReadDeadline = connection.WriteDeadline = connection.Now + handshakeTimeout;
        return true;
    }

    public int MakeRoom(int count) => next.MakeRoom(count);

    public async ValueTask<ConnectionOutcome> ServeAsync(Connection connection)
    {
        var tls = (TlsConnection)connection.Tag!;
        var outcome = ConnectionOutcome.Close;
        HandshakeBegan?.Invoke(tls);
        var start = Stopwatch.GetTimestamp();
        var succeeded = await new TlsHandshake(tls, context, drainGrace, budget).RunAsync(logger).ConfigureAwait(false);
        onHandshake?.Invoke(tls, Stopwatch.GetElapsedTime(start), succeeded);
        if (succeeded)
        {
            tls.ReadDeadline = tls.WriteDeadline = Connection.NoDeadline;
            outcome = await next.ServeAsync(tls).ConfigureAwait(false);
        }
        if (outcome == ConnectionOutcome.Close) tls.Close();
        return outcome;
    }

    public void OnEnded(Connection connection, ConnectionOutcome outcome)
    {
        var tls = (TlsConnection)connection.Tag!;
        if (outcome == ConnectionOutcome.Close) tls.Close();    // also where it ended before ServeAsync
        next.OnEnded(tls, outcome);
    }
}
