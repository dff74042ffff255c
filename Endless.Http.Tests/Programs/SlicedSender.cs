namespace Endless.Http.Tests.Programs;

/// <summary>Sends bytes in slices of seeded sizes, as a network may deliver them: whole, cut anywhere, a byte at a time.</summary>
internal static class SlicedSender
{
    // So many single bytes and no more: each is a system call, and on TLS a record.
    private const int MaxSingles = 300;

    public static async Task SendAsync(Stream stream, ReadOnlyMemory<byte> bytes, Random random)
    {
        var way = random.Next(10);
        var singles = 0;
        while (!bytes.IsEmpty)
        {
            var count = way switch
            {
                < 4 => bytes.Length,
                < 7 => 1 + random.Next(16_000),
                < 9 => 1 + random.Next(bytes.Length > 10_000 ? 5_000 : 200),
                _ => singles++ < MaxSingles || bytes.Length < 50 ? 1 : 1 + random.Next(20_000),
            };
            count = Math.Min(count, bytes.Length);
            await stream.WriteAsync(bytes[..count]);
            bytes = bytes[count..];
            // The next slice comes when the server has seen this one, or with it.
            if (random.Next(16) == 0) await Task.Delay(1);
            else if (random.Next(2) == 0) await Task.Yield();
        }
    }
}
