using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Dapper;
using Endless.Http;

namespace Endless.Examples.AspNetCore.Todos;

/// <summary>
/// Tells pages that todos have changed. For the seconds of a restart another generation writes too: so it is the database that is asked, and not only this process that is listened to.
/// </summary>
internal sealed class TodoChanges(Database database, IHostApplicationLifetime lifetime) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    private TaskCompletionSource _next = NewSource();

    /// <summary>A page's stream: the generation that it comes from, and an event for each change. It ends with this generation, and the browser comes back to the next one by itself.</summary>
    public async IAsyncEnumerable<SseItem<string>> StreamAsync([EnumeratorCancellation] CancellationToken gone)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(gone, lifetime.ApplicationStopping);
        var changed = Volatile.Read(ref _next).Task; // before the stream begins: the page asks for the todos then, and must hear of what comes after them
        yield return new(EndlessProcess.Generation.ToString(CultureInfo.InvariantCulture), "generation") { ReconnectionInterval = TimeSpan.FromMilliseconds(200) };
        while (true)
        {
            await changed.WaitAsync(ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (ended.IsCancellationRequested) yield break;
            changed = Volatile.Read(ref _next).Task;
            yield return new("", "changed");
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var connection = database.Open(); // which writes nothing itself: so its data_version changes with whatever anybody else writes
        using var timer = new PeriodicTimer(Period);
        var known = 0L;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var version = connection.ExecuteScalar<long>("PRAGMA data_version");
            if (version == known) continue;
            known = version;
            Interlocked.Exchange(ref _next, NewSource()).SetResult();
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
