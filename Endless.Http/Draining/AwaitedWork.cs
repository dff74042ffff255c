using Endless.Http.Connections;
using Endless.Http.Sockets;
using Endless.Http.Tls;

namespace Endless.Http.Draining;

/// <summary>What a drain still waits for, in words: for whoever wonders why a restart or a stop is not done yet.</summary>
internal sealed class AwaitedWork
{
    /// <summary>Of a request's name so much goes into a line: its path is the client's text.</summary>
    private const int LongestName = 60;

    private readonly RequestsUnderWay _requests = new();
    private int _unfinished;
    private int _handshakes;
    private int _moving;
    private int _idle;
    private int _held;

    private AwaitedWork()
    {
    }

    /// <summary>What there is to wait for; null for nothing.</summary>
    /// <param name="connections">The open ones.</param>
    /// <param name="held">How many there are that a handler took over, and that are waited for.</param>
    /// <param name="isInitiated">The application's own shutdown is under way.</param>
    internal static string? Describe(IEnumerable<Connection> connections, int held, bool isInitiated)
    {
        var work = new AwaitedWork { _held = held };
        foreach (var connection in connections) work.Add(connection);
        return work.Describe(isInitiated);
    }

    private void Add(Connection connection)
    {
        if (connection.State == ConnectionState.Hijacked) return; // taken over since it was listed
        if (connection is SocketConnection { IsInTransit: true })
        {
            _moving++;
            return;
        }
        if (connection is TlsConnection { Tls: null })
        {
            _handshakes++;
            return;
        }
        var before = _requests.Count;
        (connection.Tag as IProtocolEngine)?.AddRequests(_requests);
        if (_requests.Count > before) return;
        // Active without a request: half of a head has come, or a last answer is on its way to a client that is slow to take it.
        if (connection.State == ConnectionState.Active) _unfinished++;
        else _idle++;
    }

    private string? Describe(bool isInitiated)
    {
        var parts = new List<string>();
        if (_requests.Oldest is { } oldest) parts.Add($"{oldest.NameWithin(LongestName)}, {_requests.OldestAge / 1_000} s");
        if (_requests.Count > 1) parts[0] += $", and {_requests.Count - 1} more";
        if (_unfinished > 0) parts.Add($"{_unfinished} half-received request(s) or half-sent answer(s)");
        if (_handshakes > 0) parts.Add($"{_handshakes} TLS handshake(s)");
        if (_moving > 0) parts.Add($"the next generation to take {_moving} connection(s)");
        if (_idle > 0) parts.Add($"{_idle} idle connection(s)");
        if (_held > 0) parts.Add($"{_held} hijacked connection(s)");
        if (isInitiated) parts.Add("ShutdownInitiated");
        return parts.Count == 0 ? null : $"waiting for {string.Join("; ", parts)}";
    }
}
