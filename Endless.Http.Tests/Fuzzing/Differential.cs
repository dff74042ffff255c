using System.Collections.Concurrent;
using Endless.Http.Generations;
using Endless.Http.Tests.Fuzzing.Coverage;
using Endless.Http.Tests.Fuzzing.Peers;
using Endless.Http.Tests.Restart;
using Microsoft.Extensions.Logging.Abstractions;

namespace Endless.Http.Tests.Fuzzing;

/// <summary>Sends the same bytes to this server, on real sockets of this process, and to another, and sorts what they disagree on.</summary>
internal sealed class Differential : IAsyncDisposable
{
    private const int Parallel = 16;

    private readonly RequestMutator _mutator;
    private readonly ByteMutator _changes;
    private readonly Random _random;
    private readonly List<byte[]> _corpus = new Corpus("request").Kept();
    private readonly IPeer _peer;
    private readonly EndlessServer _endless;

    private Differential(int seed, IPeer peer, EndlessServer endless)
    {
        _mutator = new RequestMutator(seed);
        _random = new Random(seed);
        _changes = new ByteMutator(_random, RequestMutator.Words);
        _peer = peer;
        _endless = endless;
    }

    /// <summary>Requests compared.</summary>
    public int Requests { get; private set; }

    /// <summary>For each class of disagreement how often it came, and one request that shows it.</summary>
    public ConcurrentDictionary<string, (int Count, byte[] Example)> Disagreements { get; } = [];

    /// <param name="seed">Says what is sent.</param>
    /// <param name="peer">The other server, which is this one's from now on.</param>
    public static async Task<Differential> StartAsync(int seed, IPeer peer)
    {
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var endless = new EndlessServer("127.0.0.1:0", Handler.From(FramingHandlers.ServeAsync), new Generation(new FakeHost(), TimeSpan.FromSeconds(1)))
        {
            Logger = NullLogger.Instance,
            MinRequestBodyRate = 0,
            BeforeBegin = _ => listening.SetResult(),
        };
        var serving = endless.ListenAndServeAsync();
        if (await Task.WhenAny(listening.Task, serving) == serving) await serving;
        return new Differential(seed, peer, endless);
    }

    /// <summary>Compares what goes different ways through the engine: the corpus of the target <c>request</c>, as it is.</summary>
    public Task RunCorpusAsync() => CompareAsync(_corpus);

    /// <summary>Compares a number of mutants: of valid requests, and of the corpus.</summary>
    public Task RunAsync(int requests) => CompareAsync(
        [.. Enumerable.Range(0, requests).Select(i => i % 2 == 0 || _corpus.Count == 0 ? _mutator.Mutant() : _changes.Mutate(Any(), Any(), 1024))]);

    public async ValueTask DisposeAsync()
    {
        _endless.Close();
        await _peer.DisposeAsync();
    }

    private byte[] Any() => _corpus[_random.Next(_corpus.Count)];

    private async Task CompareAsync(List<byte[]> all)
    {
        await System.Threading.Tasks.Parallel.ForEachAsync(all, new ParallelOptions { MaxDegreeOfParallelism = Parallel }, async (bytes, _) => await CompareAsync(bytes));
        Requests += all.Count;
    }

    private async Task CompareAsync(byte[] bytes)
    {
        Exchange ours = null!, theirs = null!;
        // What looks like waiting may be a machine that is busy: a disagreement counts if it is there with more patience as well.
        foreach (var milliseconds in (int[])[200, 5000, 30_000])
        {
            if (milliseconds == 30_000 && _peer.VerdictOf(Classify(ours, theirs)) is not null) break; // of what is explained nothing else is expected
            var silence = TimeSpan.FromMilliseconds(milliseconds);
            ours = await Exchange.RunAsync(_endless.LocalEndPoint!, bytes, silence);
            theirs = await Exchange.RunAsync(_peer.EndPoint, bytes, silence);
            if (ours.Agrees(theirs)) return;
        }
        Disagreements.AddOrUpdate(Classify(ours, theirs), _ => (1, bytes), (_, known) => (known.Count + 1, known.Example.Length <= bytes.Length ? known.Example : bytes));
    }

    private string Classify(Exchange ours, Exchange theirs)
    {
        var same = ours.Readings.Zip(theirs.Readings).TakeWhile(pair => pair.First == pair.Second).Count();
        var isShort = same == Math.Min(ours.Readings.Count, theirs.Readings.Count);
        // What a server answers in the place of its handler has no reading, and may not have waited for the body.
        if (ours.Readings.ElementAtOrDefault(same) == "none" || theirs.Readings.ElementAtOrDefault(same) == "none") return "OPTIONS * does not reach a handler";
        if (!isShort) return "read differently";
        var isAlike = ours.Readings.Count == theirs.Readings.Count;
        if (ours.Refusal != 0 && theirs.Refusal == 0 && theirs.Ended && isAlike) return $"{_peer.Name} closes without an answer";
        if (theirs.Refusal != 0 && ours.Refusal == 0 && ours.Ended && isAlike) return "Endless closes without an answer";
        if (ours.Refusal != 0 && ours.Readings.Count <= theirs.Readings.Count) return "Endless refuses: " + (ours.Reason.Length > 0 ? ours.Reason : "(HEAD)");
        if (theirs.Refusal != 0) return $"{_peer.Name} refuses: {_peer.ReasonOf(theirs)}";
        if (ours.Ended && theirs.Ended) return ours.Readings.Count < theirs.Readings.Count ? "Endless answers less and closes" : $"{_peer.Name} answers less and closes";
        return ours.Ended ? $"{_peer.Name} waits for more" : theirs.Ended ? $"waits for more where {_peer.Name} closes" : "one answers before the other";
    }
}
