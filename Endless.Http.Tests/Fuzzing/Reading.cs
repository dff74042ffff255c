using System.Globalization;

namespace Endless.Http.Tests.Fuzzing;

/// <summary>A hash over what a server read, FNV-1a: two requests that are read differently give different ones.</summary>
internal struct Reading()
{
    private ulong _value = 14695981039346656037;

    public void Add(string text)
    {
        foreach (var c in text) Add((byte)c);
        Add((byte)0);
    }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes) Add(b);
    }

    public override readonly string ToString() => _value.ToString("x16", CultureInfo.InvariantCulture);

    private void Add(byte b) => _value = (_value ^ b) * 1099511628211;
}
