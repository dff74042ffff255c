using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;

namespace Endless.Http.AspNetCore.Tests.Peers;

/// <summary>The same application on Kestrel, which says what is right, and on Endless.Http.</summary>
internal sealed class TwoServers : IAsyncDisposable
{
    private TwoServers(Peer kestrel, Peer endless)
    {
        Kestrel = kestrel;
        Endless = endless;
    }

    public Peer Kestrel { get; }

    public Peer Endless { get; }

    /// <summary>Starts both.</summary>
    /// <param name="configure">Adds services and settings.</param>
    /// <param name="build">Adds middlewares and endpoints.</param>
    /// <param name="other">What stands beside Kestrel: Kestrel itself, where the comparison is tested.</param>
    /// <param name="certificate">Has both speak TLS too.</param>
    public static async Task<TwoServers> StartAsync(Action<WebApplicationBuilder>? configure, Action<WebApplication> build, ServerKind other = ServerKind.Endless, X509Certificate2? certificate = null)
    {
        if (Environment.GetEnvironmentVariable("PEERS") == "kestrel") other = ServerKind.Kestrel;
        var kestrel = await Peer.StartAsync(ServerKind.Kestrel, configure, build, certificate);
        try
        {
            return new TwoServers(kestrel, await Peer.StartAsync(other, configure, build, certificate));
        }
        catch
        {
            await kestrel.DisposeAsync();
            throw;
        }
    }

    /// <summary>Has both observed at once, and finds where they differ.</summary>
    public async Task<IReadOnlyList<Difference>> CompareAsync(string name, Func<Peer, Task<Observation>> observe)
    {
        var observations = await Task.WhenAll(observe(Kestrel), observe(Endless));
        // Where Kestrel says nothing, nothing is compared: the case is wrong.
        if (observations[0].Lines.Any(static line => line.Value == "nothing in time")) return [new Difference(name, "fault", "nothing in time", "not compared")];
        return observations[0].DifferencesTo(observations[1], name);
    }

    public async ValueTask DisposeAsync()
    {
        await Kestrel.DisposeAsync();
        await Endless.DisposeAsync();
    }
}
