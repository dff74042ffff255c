namespace Endless.Http.Tests.Torture;

/// <summary>What will be done to a family, chosen by a seed before it begins.</summary>
/// <param name="Name">Of the plot.</param>
/// <param name="Setup">The family.</param>
/// <param name="Steps">In turn.</param>
/// <param name="Crowd">The clients beside those of every story.</param>
internal sealed record Story(string Name, FamilySetup Setup, IReadOnlyList<Step> Steps, Crowd Crowd)
{
    /// <summary>The story of that number among those of a seed.</summary>
    public static Story Of(int seed, int number, Means means)
    {
        var random = new Random(HashOf(seed, number));
        var plots = Plots.All(means);
        var at = random.Next(plots.Sum(plot => plot.Weight));
        return plots.First(plot => (at -= plot.Weight) < 0).Make(random);
    }

    /// <summary>Neighbours must not be alike.</summary>
    private static int HashOf(int seed, int number) => unchecked((int)((uint)seed * 0x9E3779B1 ^ (uint)number * 0x85EBCA77 ^ (uint)number >> 7));
}

/// <summary>Clients of one story beside the busy ones.</summary>
/// <param name="Idle">Connections that are answered once and then silent.</param>
/// <param name="Uploads">Clients with slow uploads.</param>
/// <param name="Downloads">Clients with long answers.</param>
/// <param name="HalfHeads">Connections with half a header section of seeded length.</param>
/// <param name="LongestHeads">Two with all but the end of the longest that is allowed.</param>
internal sealed record Crowd(int Idle = 20, int Uploads = 1, int Downloads = 1, int HalfHeads = 2, bool LongestHeads = false)
{
    public static Crowd Of(Random random) => new(random.Next(4) == 0 ? 300 : random.Next(60), random.Next(3), random.Next(3), random.Next(4), random.Next(10) == 0);

    public async Task GatherAsync(TortureLoad load, Random random)
    {
        await PatientClients.IdleAsync(load, Idle);
        for (var i = 0; i < HalfHeads; i++)
        {
            var length = random.Next(3) == 0 ? 1_000 + random.Next(1_000_000) : 200 + random.Next(8_000);
            await PatientClients.HalfHeadAsync(load, length, 1 + random.Next(100));
        }
        if (LongestHeads) await PatientClients.LongestHeadsAsync(load, random);
        load.Start(2, BusyClients.KeepAliveAsync);
        load.Start(1, BusyClients.FreshAsync);
        load.Start(1, BusyClients.RetryAsync);
        load.Start(Uploads, PatientClients.UploadAsync);
        load.Start(Downloads, PatientClients.DownloadAsync);
    }
}

/// <summary>What this machine lets a story do.</summary>
/// <param name="Threads">The number of threads can be limited.</param>
/// <param name="Disks">A small disk can be mounted.</param>
/// <param name="Descriptors">A running process's descriptors can be limited.</param>
internal sealed record Means(bool Threads, bool Disks, bool Descriptors);
