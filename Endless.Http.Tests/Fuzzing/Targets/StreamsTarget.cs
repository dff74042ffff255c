using Endless.Http.Tests.Fuzzing.Coverage;
using Endless.Http.Tests.Fuzzing.Streams;

namespace Endless.Http.Tests.Fuzzing.Targets;

/// <summary>Whole lives of HTTP/2's connections beside the model of RFC 9113 (<see cref="StreamFuzzer"/>): the input says what happens by chance there.</summary>
internal sealed class StreamsTarget : FuzzTarget
{
    public override IReadOnlyList<byte[]> Seeds { get; } = [.. Enumerable.Range(1, 40).Select(Octets)];

    public override int MaxLength => 128;

    public override int Tries => 8; // each is a whole life

    public override long MaxWork(int length) => 1_500_000 + 8_000L * length;

    public override long MaxAllocated(int length) => 60_000_000 + 40_000L * length;

    public override void Run(byte[] input) => new StreamFuzzer(new InputRandom(input), $"the input of {input.Length} bytes").Run();

    private static byte[] Octets(int seed)
    {
        var octets = new byte[64];
        new Random(seed).NextBytes(octets);
        return octets;
    }

    /// <summary>Numbers from an input, one octet or more for each; behind its end others that depend on it.</summary>
    private sealed class InputRandom(byte[] input) : Random
    {
        private readonly Random _behind = RandomOf(input);
        private int _position;

        public override int Next() => Next(int.MaxValue);

        public override int Next(int maxValue)
        {
            if (_position >= input.Length) return _behind.Next(maxValue);
            long value = input[_position++];
            for (var room = 256L; room < maxValue; room <<= 8) value = value << 8 | (_position < input.Length ? input[_position++] : 0L);
            return (int)(value % Math.Max(maxValue, 1));
        }

        public override int Next(int minValue, int maxValue) => minValue + Next(maxValue - minValue);

        public override double NextDouble() => Next(1 << 24) / (double)(1 << 24);

        protected override double Sample() => NextDouble();

        public override void NextBytes(byte[] buffer) => NextBytes(buffer.AsSpan());

        public override void NextBytes(Span<byte> buffer)
        {
            foreach (ref var b in buffer) b = (byte)Next(256);
        }
    }
}
