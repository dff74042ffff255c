namespace Endless.Http.Tests.Torture;

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
