using Endless.Http.Load;

namespace Endless.Http.Tests.Torture;

/// <summary>Clients that are always at it.</summary>
internal static class BusyClients
{
    /// <summary>How long somebody who tries again may be without an answer: a start, a freeze, and a busy machine.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan AfterFailure = TimeSpan.FromMilliseconds(20);

    /// <summary>One request after the other on a connection it keeps, sometimes several in one piece.</summary>
    public static async Task KeepAliveAsync(TortureLoad load, Random random)
    {
        TortureConnection? connection = null;
        while (!load.IsOver)
        {
            connection ??= await TortureConnection.ConnectAsync(load, "keep-alive client");
            if (connection is not null && await PipelineAsync(connection, random, random.Next(5) == 0 ? 2 + random.Next(15) : 1))
            {
                await Task.Delay(random.Next(4));
                continue;
            }
            connection?.Dispose();
            connection = null;
            await Task.Delay(AfterFailure);
        }
        connection?.Dispose();
    }

    /// <summary>A connection for each request.</summary>
    public static async Task FreshAsync(TortureLoad load, Random random)
    {
        while (!load.IsOver)
        {
            using (var connection = await TortureConnection.ConnectAsync(load, "fresh connection"))
                if (connection is null || !await PipelineAsync(connection, random, 1)) await Task.Delay(AfterFailure);
            await Task.Delay(random.Next(10));
        }
    }

    /// <summary>Tries again until it is answered, which must not take for ever as long as somebody healthy lives.</summary>
    public static async Task RetryAsync(TortureLoad load, Random random)
    {
        TortureConnection? connection = null;
        while (!load.IsOver)
        {
            for (var deadline = Deadline.After(Patience); !load.IsOver; await Task.Delay(AfterFailure))
            {
                connection ??= await TortureConnection.ConnectAsync(load, "client that tries again", isStrict: false);
                if (connection is not null && await PipelineAsync(connection, random, 1)) break;
                connection?.Dispose();
                connection = null;
                if (load.Family.Roster.MayBeDown || load.Family.Roster.Stopped is not null) return;
                if (!deadline.Passed) continue;
                load.Violation($"client that tries again: no answer within {Patience.TotalSeconds:0} s");
                return;
            }
            await Task.Delay(random.Next(10));
        }
        connection?.Dispose();
    }

    /// <summary>Many connections at once, a request on each.</summary>
    public static async Task StormAsync(TortureLoad load, Random random, int count)
    {
        var seeds = Enumerable.Range(0, count).Select(_ => random.Next()).ToList();
        await Task.WhenAll(seeds.Select(async seed =>
        {
            using var connection = await TortureConnection.ConnectAsync(load, "connection of a storm");
            if (connection is not null) await PipelineAsync(connection, new Random(seed), 1);
        }));
    }

    private static async Task<bool> PipelineAsync(TortureConnection connection, Random random, int count)
    {
        var bytes = new List<byte>();
        for (var i = 0; i < count; i++) bytes.AddRange(connection.Request(random.Next(10) == 0 ? random.Next(200_000) : random.Next(4_000), body: random.Next(8) == 0 ? 1 + random.Next(5_000) : 0));
        var sending = connection.SendAsync(bytes.ToArray()); // sent and read at the same time: a server need not read on while nobody takes its answers
        var goesOn = true;
        for (var i = 0; i < count && goesOn; i++) goesOn = await connection.AnsweredAsync();
        if (!goesOn) connection.Dispose();
        await sending;
        return goesOn;
    }
}
