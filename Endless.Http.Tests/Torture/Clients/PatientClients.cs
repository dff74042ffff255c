namespace Endless.Http.Tests.Torture;

/// <summary>Clients that take their time.</summary>
internal static class PatientClients
{
    /// <summary>All that a header section may be long: 1 MiB.</summary>
    private const int LongestHead = 1024 * 1024;

    /// <summary>Answered once, then silent until the story is over.</summary>
    public static async Task IdleAsync(TortureLoad load, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var connection = await TortureConnection.ConnectAsync(load, "idle connection");
            if (connection is null) return;
            await connection.SendAsync(connection.Request(100));
            if (!await connection.AnsweredAsync()) continue;
            load.Finally(async () =>
            {
                using (connection)
                {
                    await connection.SendAsync(connection.Request(100));
                    await connection.AnsweredAsync();
                }
            });
        }
    }

    /// <summary>Answered once, then a header section of which all but the end has been sent until the story is over.</summary>
    /// <param name="load">Of the story.</param>
    /// <param name="length">Of the whole header section.</param>
    /// <param name="missing">Of its bytes.</param>
    public static async Task HalfHeadAsync(TortureLoad load, int length, int missing)
    {
        var connection = await TortureConnection.ConnectAsync(load, $"half a head of {length:#,0} bytes");
        if (connection is null) return;
        await connection.SendAsync(connection.Request(100));
        if (!await connection.AnsweredAsync()) return;
        var request = connection.Request(5_000, head: length);
        await connection.SendAsync(request.AsMemory(..^missing));
        load.Finally(async () =>
        {
            using (connection)
            {
                await connection.SendAsync(request.AsMemory(^missing..));
                await connection.AnsweredAsync();
            }
        });
    }

    /// <summary>Two unfinished header sections as long as they may be, together more than any message of the hand-over should be.</summary>
    public static Task LongestHeadsAsync(TortureLoad load, Random random) =>
        Task.WhenAll(Enumerable.Range(0, 2).Select(_ => HalfHeadAsync(load, LongestHead, 1 + random.Next(3))));

    /// <summary>Bodies that come slice by slice.</summary>
    public static async Task UploadAsync(TortureLoad load, Random random)
    {
        TortureConnection? connection = null;
        while (!load.IsOver)
        {
            connection ??= await TortureConnection.ConnectAsync(load, "slow upload");
            if (connection is not null)
            {
                ReadOnlyMemory<byte> request = connection.Request(2_000, body: 2_000 + random.Next(300_000));
                for (var slice = request.Length / (2 + random.Next(20)) + 1; request.Length > 0 && !load.IsOver; request = request[Math.Min(slice, request.Length)..])
                {
                    await connection.SendAsync(request[..Math.Min(slice, request.Length)]);
                    await Task.Delay(random.Next(100));
                }
                await connection.SendAsync(request);
                if (await connection.AnsweredAsync()) continue;
                connection.Dispose();
                connection = null;
            }
            await Task.Delay(20);
        }
        connection?.Dispose();
    }

    /// <summary>Answers that take a second or two.</summary>
    public static async Task DownloadAsync(TortureLoad load, Random random)
    {
        TortureConnection? connection = null;
        while (!load.IsOver)
        {
            connection ??= await TortureConnection.ConnectAsync(load, "long answer");
            if (connection is not null)
            {
                await connection.SendAsync(connection.Request(random.Next(1_000_000), milliseconds: 100 + random.Next(1_500)));
                if (await connection.AnsweredAsync()) continue;
                connection.Dispose();
                connection = null;
            }
            await Task.Delay(20);
        }
        connection?.Dispose();
    }
}
