using System.Buffers.Binary;

namespace Endless.Http.Tests.Fuzzing.Coverage;

/// <summary>Makes another input of one or two that are known: AFL's changes, a few on top of each other. The same numbers give the same bytes.</summary>
/// <param name="random">Says which.</param>
/// <param name="words">What the format is made of.</param>
internal sealed class ByteMutator(Random random, IReadOnlyList<byte[]> words)
{
    private static readonly long[] Interesting =
        [0, 1, 2, 7, 8, 15, 16, 31, 32, 62, 63, 64, 100, 126, 127, 128, 129, 254, 255, 256, 511, 512, 1023, 1024, 4095, 4096, 16383, 16384, 32767, 32768, 65535, 65536, 16777215, 2147483647, 2147483648, 4294967295, -1, -128];

    /// <summary>One to sixteen changes of an input.</summary>
    /// <param name="input">Stays as it is.</param>
    /// <param name="other">Parts may come from it.</param>
    /// <param name="maxLength">What is longer is cut.</param>
    public byte[] Mutate(byte[] input, byte[] other, int maxLength)
    {
        var bytes = new List<byte>(input);
        for (var changes = 1 << random.Next(5); changes > 0; changes--) Change(bytes, other);
        if (bytes.Count > maxLength) bytes.RemoveRange(maxLength, bytes.Count - maxLength);
        return [.. bytes];
    }

    private void Change(List<byte> bytes, byte[] other)
    {
        var at = random.Next(bytes.Count + 1);
        var length = Math.Min(1 + random.Next(random.Next(4) == 0 ? 64 : 8), bytes.Count - at);
        switch (random.Next(13))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2 when at < bytes.Count:
                bytes[at] = (byte)(bytes[at] + random.Next(-16, 17));
                break;
            case 3 when at < bytes.Count:
                Overwrite(bytes, at, Number());
                break;
            case 4:
                bytes.InsertRange(at, Number());
                break;
            case 5 or 6:
                bytes.RemoveRange(at, length);
                break;
            case 7:
                // Once more what is there; rarely so often that a limit is met.
                var part = bytes.GetRange(at, length);
                for (var times = random.Next(16) == 0 ? random.Next(200) : 1; times > 0; times--) bytes.InsertRange(at, part);
                break;
            case 8 when length > 0:
                bytes.InsertRange(random.Next(bytes.Count + 1), bytes.GetRange(at, length));
                break;
            case 9:
                bytes.RemoveRange(at, bytes.Count - at);
                bytes.AddRange(other.AsSpan(random.Next(other.Length + 1)));
                break;
            case 10 when other.Length > 0:
                var from = random.Next(other.Length);
                bytes.InsertRange(at, other.AsSpan(from, Math.Min(other.Length - from, 1 + random.Next(32))));
                break;
            case 11 when words.Count > 0:
                Overwrite(bytes, at, words[random.Next(words.Count)]);
                break;
            default:
                bytes.InsertRange(at, words.Count > 0 ? words[random.Next(words.Count)] : [(byte)random.Next(256)]);
                break;
        }
    }

    private byte[] Number()
    {
        var value = Interesting[random.Next(Interesting.Length)];
        var octets = new byte[8];
        var size = 1 << random.Next(4);
        if (random.Next(2) == 0)
        {
            BinaryPrimitives.WriteInt64LittleEndian(octets, value);
            return octets[..size];
        }
        BinaryPrimitives.WriteInt64BigEndian(octets, value);
        return octets[(8 - size)..];
    }

    private static void Overwrite(List<byte> bytes, int at, byte[] with)
    {
        bytes.RemoveRange(at, Math.Min(with.Length, bytes.Count - at));
        bytes.InsertRange(at, with);
    }
}
