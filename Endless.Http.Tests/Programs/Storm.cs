using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Endless.Http.Load;
using Endless.Http.Tests.Server;
using Endless.Http.Tests.Tls;

namespace Endless.Http.Tests.Programs;

/// <summary>
/// Programs under seeded clients of every protocol, all on the same two servers and mixed on the same connections: handlers that are right, and beside them handlers that write late, write twice at
/// once, keep what is not theirs, and throw. It fails on one byte in a wrong place, one answer for another's id, one exception that nobody is told of.
/// </summary>
internal sealed class Storm : IAsyncDisposable
{
    // Ten digits, as StormLog looks for.
    private const long FirstId = 1_000_000_000;

    private static readonly int[] Lengths = [0, 1, 31, 2047, 2048, 2049, 4095, 4096, 4097, 16_383, 16_384, 16_385, 65_535, 65_536, 65_537, 131_072];

    private readonly ServerFixture _clear;
    private readonly ServerFixture _tls;
    private readonly StormLog _log;
    private readonly Referee _referee;
    private readonly ConcurrentDictionary<long, Visit> _visits = [];
    private readonly ConcurrentDictionary<Task, bool> _judgements = [];
    private readonly StormPrograms _programs;
    private readonly int _seed;
    private long _lastId = FirstId;
    private long _stopAt = long.MaxValue;
    private Deadline _end;

    private Storm(int seed, string[] programs)
    {
        _seed = seed;
        _programs = new StormPrograms(this, programs);
        var handler = new StormMiddleware(id => _visits.GetValueOrDefault(id), _programs.All).Mux;
        _clear = new ServerFixture("127.0.0.1:0", handler);
        _tls = new ServerFixture("127.0.0.1:0", handler);
        _log = new StormLog(_clear.Log, _tls.Log);
        _referee = new Referee(_log, Scores);
        // A stall is not to be ended by a clock.
        _clear.Server.MinRequestBodyRate = _tls.Server.MinRequestBodyRate = 0;
        _clear.Server.Logger = _log;
        _tls.Server.Logger = _log;
        _tls.Server.TlsOptions.Certificate = TlsCertificate.From(TlsFixture.Authority.Issue("localhost"));
    }

    public Scoreboard Scores { get; } = new();

    public IReadOnlyList<StormProgram> Programs => _programs.All;

    /// <summary>No request begins any more.</summary>
    public bool IsOver => _end.Passed || Interlocked.Read(ref _lastId) >= Interlocked.Read(ref _stopAt);

    /// <summary>Starts the servers.</summary>
    /// <param name="seed">Of all random numbers.</param>
    /// <param name="programs">What the names of the programs begin with that are called; all if there are none.</param>
    public static async Task<Storm> StartAsync(int seed, string[]? programs = null)
    {
        var storm = new Storm(seed, programs ?? []);
        await storm._clear.StartAsync();
        await storm._tls.StartAsync(storm._tls.Server.ListenAndServeTLSAsync());
        await storm._programs.StartAsync();
        return storm;
    }

    public EndPoint Server(StormProtocol protocol) => (protocol.IsTls() ? _tls : _clear).Server.LocalEndPoint!;

    /// <summary>Blows for a time or a number of requests, whatever ends first, and then until the last request is judged.</summary>
    public async Task RunAsync(TimeSpan time, long requests, Action<string>? tell = null)
    {
        _end = Deadline.After(time);
        _stopAt = Interlocked.Read(ref _lastId) + requests;
        TaskScheduler.UnobservedTaskException += Unobserved;
        try
        {
            var watch = Stopwatch.StartNew();
            var clients = Task.WhenAll(Clients().ToList());
            for (var told = watch.Elapsed; !clients.IsCompleted; told = watch.Elapsed)
            {
                await Task.WhenAny(clients, Task.Delay(TimeSpan.FromSeconds(10)));
                Collect();
                if (IsOver) _programs.Release();
                tell?.Invoke($"{watch.Elapsed.TotalSeconds,6:0} s: {Scores.Requests:#,0} requests, {Scores.Verified:#,0} verified, {Scores.Expected:#,0} expected failures, {Scores.Faults:#,0} faults");
            }
            await clients;
            _programs.Release();
            while (_judgements.Keys.FirstOrDefault() is { } judgement) await judgement.WaitAsync(Deadline.Default);
            Collect();
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Unobserved;
        }
        foreach (var line in _log.Others) Scores.Fault($"logged of no request: {line}");
    }

    /// <summary>A request of a program that suits, chosen by the client's own random numbers.</summary>
    public Visit Begin(StormProtocol protocol, Random random, Func<StormProgram, bool>? suits = null)
    {
        var program = _programs.Choose(random, suits);
        var visit = new Visit(Interlocked.Increment(ref _lastId), program, protocol, random.Next(), Math.Min(LengthOf(random), program.MaxBody), Math.Min(LengthOf(random), program.MaxAnswer));
        _visits[visit.Id] = visit;
        return visit;
    }

    /// <summary>The client has seen all it will see of an answer. What goes on behind it is waited for elsewhere: the client goes on.</summary>
    public void Finish(Visit visit, Answer answer)
    {
        visit.End();
        var judgement = JudgeAsync(visit, answer);
        _judgements[judgement] = true;
        _ = judgement.ContinueWith(done => _judgements.TryRemove(done, out _), TaskScheduler.Default);
    }

    /// <summary>The connection ended before the request's turn came.</summary>
    public void Drop(Visit visit)
    {
        _referee.Drop(visit);
        _visits.TryRemove(visit.Id, out _);
    }

    public async ValueTask DisposeAsync()
    {
        _clear.Dispose();
        _tls.Dispose();
        await _programs.DisposeAsync();
    }

    private async Task JudgeAsync(Visit visit, Answer answer)
    {
        await Task.Yield();
        await _referee.JudgeAsync(visit, answer);
        _visits.TryRemove(visit.Id, out _);
    }

    private IEnumerable<Task> Clients()
    {
        var index = 0;
        foreach (var protocol in Enum.GetValues<StormProtocol>())
        {
            for (var i = 0; i < (protocol.IsHttp2() ? 2 : 3); i++)
            {
                var random = new Random(_seed + index++);
                yield return Task.Run(() => protocol.IsHttp2() ? new Http2StormClient(this, protocol, random).RunAsync() : new Http1StormClient(this, protocol, random).RunAsync());
            }
            var other = new Random(_seed + index++);
            yield return Task.Run(() => new HttpClientStormClient(this, protocol, other).RunAsync());
        }
    }

    private static int LengthOf(Random random) => random.Next(20) switch
    {
        < 6 => Lengths[random.Next(Lengths.Length)],
        < 10 => random.Next(100),
        < 17 => random.Next(20_000),
        < 19 => random.Next(100_000),
        _ => random.Next(300_001),
    };

    /// <summary>Has the exceptions of tasks that nobody awaited come to light.</summary>
    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    private void Unobserved(object? sender, UnobservedTaskExceptionEventArgs unobserved)
    {
        foreach (var exception in unobserved.Exception.Flatten().InnerExceptions)
        {
            // A client that went away is nobody's fault.
            if (exception is IOException or OperationCanceledException) continue;
            if (StormLog.RequestOf(exception.Message) is { } id ? !_log.HasNamed(id) : exception.ToString().Contains("Endless", StringComparison.Ordinal)) Scores.Fault($"a task failed, and nobody was told: {exception}");
        }
    }
}
