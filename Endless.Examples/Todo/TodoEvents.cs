using System.Globalization;
using Endless.Http;
using Microsoft.Data.Sqlite;

namespace Endless.Examples.Todo;

/// <summary>
/// Tells a user's pages that the todos have changed. A hub knows the pages of its own generation alone, and for two seconds and more of a restart both have some: so what the other one has written is looked for, while somebody listens.
/// </summary>
internal sealed class TodoEvents(TodoStore store)
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(200);
    private static readonly ServerSentEventsOptions Options = new() { Retry = TimeSpan.FromMilliseconds(200) };
    private static readonly ServerSentEvent HasChanged = new("", "changed");

    private readonly Hub<ServerSentEvent> _hub = new();

    /// <summary>This generation has changed something of a user's.</summary>
    public void Changed(long user) => _hub.Publish(HasChanged, GroupOf(user));

    /// <summary>A page's stream, from now on.</summary>
    public async Task ServeAsync(ResponseWriter w, Request r, long user)
    {
        using var subscription = _hub.Subscribe(GroupOf(user)); // before the stream begins: the page asks for the todos then, and must hear of what comes after them
        await using var events = ServerSentEvents.Start(w, r, Options);
        await events.SendAsync(EndlessProcess.Generation.ToString(CultureInfo.InvariantCulture), "generation");
        await foreach (var message in subscription.Messages(events.Ended)) await events.SendAsync(message);
    }

    /// <summary>Looks for what the other generation has written.</summary>
    public async Task WatchAsync(CancellationToken stop)
    {
        var known = 0L;
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(Period, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_hub.Count == 0) continue;
            try
            {
                var version = store.OthersVersion();
                if (version != known) _hub.Publish(HasChanged); // whose todos it does not say
                known = version;
            }
            catch (SqliteException e)
            {
                Announce.Say($"Cannot look for changes: {e.Message}");
            }
        }
    }

    private static string GroupOf(long user) => user.ToString(CultureInfo.InvariantCulture);
}
