using Endless.Http.Channels;
using Endless.Http.Native;

namespace Endless.Http.Tests.Restart;

internal static class ControlChannelExtensions
{
    /// <summary>The next message of a kind; others before it are passed over.</summary>
    public static async Task<T> HearAsync<T>(this ControlChannel channel)
        where T : ControlMessage
    {
        var deadline = Endless.Http.Load.Deadline.After(); // of all of them: counters come each second
        while (true)
        {
            var message = await channel.ReceiveAsync().WaitAsync(deadline.Left);
            if (message is T heard) return heard;
            Assert.NotNull(message);
        }
    }

    /// <summary>Sends bytes as they are, message or not.</summary>
    public static unsafe void SendRaw(this ControlChannel channel, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
            Assert.Equal(bytes.Length, Libc.send(channel.Socket, start, (nuint)bytes.Length, 0));
    }
}
