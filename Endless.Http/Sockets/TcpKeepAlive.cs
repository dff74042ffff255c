using Endless.Http.Native;

namespace Endless.Http.Sockets;

/// <summary>
/// When the kernel asks after a silent peer (tcp(7), SO_KEEPALIVE), and when it gives the connection up. Without it the connection of a client that vanished, and the handler that answers it
/// or waits for it, stay for ever. Set on the listening socket: what it accepts inherits it, which saves four calls for each.
/// </summary>
/// <param name="IdleSeconds">After so much silence the first probe; 0 for none at all.</param>
/// <param name="IntervalSeconds">Between two probes.</param>
/// <param name="Count">So many unanswered probes end the connection.</param>
internal readonly record struct TcpKeepAlive(int IdleSeconds, int IntervalSeconds, int Count)
{
    /// <summary>The longest that the kernel takes: MAX_TCP_KEEPIDLE and MAX_TCP_KEEPINTVL.</summary>
    public const int MostSeconds = 32_767;

    /// <summary>The most probes that the kernel takes: MAX_TCP_KEEPCNT.</summary>
    public const int MostCount = 127;

    /// <summary>Go's.</summary>
    public static TcpKeepAlive Default { get; } = new(15, 15, 9);

    /// <summary>From settings, of which the first may be <see cref="Timeout.InfiniteTimeSpan"/>. No part of a second is rounded away.</summary>
    public static TcpKeepAlive From(TimeSpan idle, TimeSpan interval, int count) => new(idle < TimeSpan.Zero ? 0 : Seconds(idle), Seconds(interval), count);

    /// <summary>Sets it. A UNIX socket, which needs none, refuses.</summary>
    public unsafe void ApplyTo(int fd)
    {
        Set(fd, Libc.SOL_SOCKET, Libc.SO_KEEPALIVE, IdleSeconds > 0 ? 1 : 0);
        if (IdleSeconds == 0) return;
        Set(fd, Libc.IPPROTO_TCP, Libc.TCP_KEEPIDLE, IdleSeconds);
        Set(fd, Libc.IPPROTO_TCP, Libc.TCP_KEEPINTVL, IntervalSeconds);
        Set(fd, Libc.IPPROTO_TCP, Libc.TCP_KEEPCNT, Count);

        static void Set(int fd, int level, int option, int value) => Libc.setsockopt(fd, level, option, &value, sizeof(int));
    }

    private static int Seconds(TimeSpan time) => (int)Math.Ceiling(time.TotalSeconds);
}
