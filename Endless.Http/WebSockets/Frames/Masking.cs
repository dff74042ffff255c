using System.Numerics;
using System.Runtime.InteropServices;

namespace Endless.Http.WebSockets;

/// <summary>The mask that a client's payload is under (RFC 6455 section 5.3).</summary>
internal static class Masking
{
    /// <summary>Takes the mask off, in place. Returns the mask as it stands for the bytes behind.</summary>
    /// <param name="data">Of the payload.</param>
    /// <param name="mask">The first byte of the mask is its lowest.</param>
    public static uint Remove(Span<byte> data, uint mask)
    {
        if (mask == 0) return mask;
        ref var start = ref MemoryMarshal.GetReference(data);
        var next = 0;
        if (data.Length >= Vector<byte>.Count)
        {
            var vector = Vector.AsVectorByte(new Vector<uint>(mask));
            for (; next <= data.Length - Vector<byte>.Count; next += Vector<byte>.Count)
                (Vector.LoadUnsafe(ref start, (nuint)next) ^ vector).StoreUnsafe(ref start, (nuint)next);
        }
        // A vector is a whole number of masks.
        var words = MemoryMarshal.Cast<byte, uint>(data[next..]);
        foreach (ref var word in words) word ^= mask;
        next += words.Length * sizeof(uint);
        for (; next < data.Length; next++)
        {
            data[next] ^= (byte)mask;
            mask = BitOperations.RotateRight(mask, 8);
        }
        return mask;
    }
}
