using Endless.Http.Channels;
using Endless.Http.Native;

namespace Endless.Http.Tests.Restart;

internal static class ControlChannelExtensions
{
    /// <summary>Sends bytes as they are, message or not.</summary>
    public static unsafe void SendRaw(this ControlChannel channel, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
            Assert.Equal(bytes.Length, Libc.send(channel.Socket, start, (nuint)bytes.Length, 0));
    }
}
