using System.Collections.Concurrent;
using System.Diagnostics;
using Endless.Http.Load;

namespace Endless.Http.Tests.Torture;

/// <summary>The clients of one story.</summary>
internal sealed class TortureLoad(Family family, Ledger ledger, Random random)
{
    // Ten digits, as the answers' lines have.
    private const long FirstId = 1_000_000_000;

    private readonly ConcurrentDictionary<string, long> _violations = [];
    private readonly List<Task> _clients = [];
    private readonly List<Func<Task>> _last = [];
    private long _lastId = FirstId;
    private volatile bool _isOver;

    public Family Family => family;

    public Ledger Ledger => ledger;

    /// <summary>No request begins any more.</summary>
    public bool IsOver => _isOver;

    /// <summary>What went wrong, each thing once, in the order in which it was noticed.</summary>
    public IReadOnlyList<string> Violations => [.. _violations.OrderBy(violation => violation.Value).Select(violation => violation.Key)];

    public long NextId() => Interlocked.Increment(ref _lastId);

    public void Violation(string what) => _violations.TryAdd(what, Stopwatch.GetTimestamp());

    /// <summary>Starts clients that go on until the story is over, each with random numbers of its own.</summary>
    public void Start(int count, Func<TortureLoad, Random, Task> client)
    {
        for (var i = 0; i < count; i++)
        {
            var own = new Random(random.Next());
            _clients.Add(Task.Run(() => client(this, own)));
        }
    }

    /// <summary>What is to be asked when the story is over.</summary>
    public void Finally(Func<Task> last) => _last.Add(last);

    /// <summary>Lets each finish what it has begun, and asks once more on connections that were idle.</summary>
    public async Task FinishAsync()
    {
        _isOver = true;
        try
        {
            await Task.WhenAll(_clients).WaitAsync(Deadline.Default * 2);
            foreach (var last in _last) await last().WaitAsync(Deadline.Default * 2);
        }
        catch (TimeoutException)
        {
            Violation("a client is not done two minutes after the story");
        }
    }
}
