using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using Endless.Http.Generations;
using Endless.Http.Tests.Restart;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Endless.Http.Tests.Fuzzing;

/// <summary>Sends the same bytes to this server and to Kestrel, both on real sockets of this process, and sorts what they disagree on.</summary>
internal sealed class Differential : IAsyncDisposable
{
    private const int Parallel = 16;

    private readonly RequestMutator _mutator;
    private readonly WebApplication _kestrel;
    private readonly EndlessServer _endless;

    private readonly RefusalReasons _reasons;

    private Differential(int seed, WebApplication kestrel, EndlessServer endless, RefusalReasons reasons)
    {
        _reasons = reasons;
        _mutator = new RequestMutator(seed);
        _kestrel = kestrel;
        _endless = endless;
    }

    /// <summary>Requests compared.</summary>
    public int Requests { get; private set; }

    /// <summary>For each class of disagreement how often it came, and one request that shows it.</summary>
    public ConcurrentDictionary<string, (int Count, byte[] Example)> Disagreements { get; } = [];

    public static async Task<Differential> StartAsync(int seed)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.Listen(IPAddress.Loopback, 0);
            // As RFC 9110 section 5.5 and RFC 9112 section 3.2.2 have it: else these two drown everything else.
            options.RequestHeaderEncodingSelector = _ => Encoding.Latin1;
            options.AllowHostHeaderOverride = true;
            // A body that never comes is waited for by both: which gives up first is no disagreement.
            options.Limits.MinRequestBodyDataRate = null;
        });
        var kestrel = builder.Build();
        var reasons = new RefusalReasons(kestrel.Services.GetRequiredService<DiagnosticListener>());
        kestrel.Run(FramingHandlers.ServeAsync);
        await kestrel.StartAsync();

        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var endless = new EndlessServer("127.0.0.1:0", Handler.From(FramingHandlers.ServeAsync), new Generation(new FakeHost(), TimeSpan.FromSeconds(1)))
        {
            Logger = NullLogger.Instance,
            MinRequestBodyRate = 0,
            BeforeBegin = _ => listening.SetResult(),
        };
        var serving = endless.ListenAndServeAsync();
        if (await Task.WhenAny(listening.Task, serving) == serving) await serving;
        return new Differential(seed, kestrel, endless, reasons);
    }

    /// <summary>Compares a number of mutants.</summary>
    public async Task RunAsync(int requests)
    {
        var mutants = Enumerable.Range(0, requests).Select(_ => _mutator.Mutant()).ToList();
        await System.Threading.Tasks.Parallel.ForEachAsync(mutants, new ParallelOptions { MaxDegreeOfParallelism = Parallel }, async (mutant, _) => await CompareAsync(mutant));
        Requests += requests;
    }

    public async ValueTask DisposeAsync()
    {
        _reasons.Dispose();
        _endless.Close();
        await _kestrel.DisposeAsync();
    }

    private async Task CompareAsync(byte[] bytes)
    {
        var kestrel = new IPEndPoint(IPAddress.Loopback, new Uri(_kestrel.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port);
        Exchange ours = null!, theirs = null!;
        // What looks like waiting may be a machine that is busy: a disagreement counts if it is there with more patience as well.
        foreach (var milliseconds in (int[])[200, 5000])
        {
            var silence = TimeSpan.FromMilliseconds(milliseconds);
            ours = await Exchange.RunAsync(_endless.LocalAddress!, bytes, silence);
            theirs = await Exchange.RunAsync(kestrel, bytes, silence);
            if (ours.Agrees(theirs)) return;
        }
        Disagreements.AddOrUpdate(Classify(ours, theirs), _ => (1, bytes), (_, known) => (known.Count + 1, known.Example.Length <= bytes.Length ? known.Example : bytes));
    }

    private string Classify(Exchange ours, Exchange theirs)
    {
        var common = Math.Min(ours.Readings.Count, theirs.Readings.Count);
        if (!ours.Readings.Take(common).SequenceEqual(theirs.Readings.Take(common))) return "read differently";
        if (ours.Refusal != 0 && theirs.Refusal == 0 && theirs.Ended && ours.Readings.Count == theirs.Readings.Count) return "Kestrel closes without an answer";
        if (ours.Refusal != 0 && ours.Readings.Count <= theirs.Readings.Count) return "Endless refuses: " + (ours.Reason.Length > 0 ? ours.Reason : "(HEAD)");
        if (theirs.Refusal != 0) return $"Kestrel refuses: {_reasons.Of(theirs.ClientPort) ?? $"{theirs.Refusal}"}";
        return ours.Ended ? theirs.Ended ? "Kestrel answers less and closes" : "Kestrel waits for more" : "waits for more where Kestrel closes";
    }
}
