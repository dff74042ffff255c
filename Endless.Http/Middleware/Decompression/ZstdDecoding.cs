using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Endless.Http;

/// <summary>zstd (RFC 8878). Apart from the others, so that its library is loaded for those who send it.</summary>
internal static class ZstdDecoding
{
    /// <summary>8 MiB, the most that a sender may ask of a recipient (RFC 9659): a frame could have 2 GiB allocated.</summary>
    private const int WindowLog = 23;

    /// <summary>A stream that decodes another.</summary>
    public static Stream Open(Stream source)
    {
        var decoder = new DecompressionStream(source, leaveOpen: true);
        decoder.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, WindowLog);
        return decoder;
    }

    /// <summary>Whether an exception says that what was decoded is broken.</summary>
    public static bool IsFailure(Exception failure) => failure is ZstdException;
}
