using System.Runtime.CompilerServices;

namespace Endless.Http.Native;

/// <summary>
/// What a message on a UNIX socket carries beside its bytes (cmsg(3), unix(7)): descriptors by SCM_RIGHTS, and the sender's credentials by SCM_CREDENTIALS.
/// A <c>struct cmsghdr</c> is its length, level and type in 16 bytes; data follows, padded to 8.
/// </summary>
internal static unsafe class AncillaryData
{
    private const int HeaderBytes = 16;
    private const int CredentialsBytes = 12;

    /// <summary>SCM_MAX_FD: the kernel takes no more descriptors in one message.</summary>
    internal const int MaxDescriptors = 253;

    /// <summary>Room for as many descriptors, and nothing else.</summary>
    internal const int RightsBytes = HeaderBytes + ((MaxDescriptors * sizeof(int) + 7) & ~7);

    /// <summary>Room for those and the sender's credentials.</summary>
    internal const int MostBytes = RightsBytes + HeaderBytes + ((CredentialsBytes + 7) & ~7);

    /// <summary>Writes descriptors into <see cref="RightsBytes"/> bytes. How many it took.</summary>
    internal static nuint WriteRights(byte* control, ReadOnlySpan<int> descriptors)
    {
        var length = HeaderBytes + descriptors.Length * sizeof(int);
        Unsafe.WriteUnaligned(control, (nuint)length);
        Unsafe.WriteUnaligned(control + 8, Libc.SOL_SOCKET);
        Unsafe.WriteUnaligned(control + 12, Libc.SCM_RIGHTS);
        descriptors.CopyTo(new Span<int>(control + HeaderBytes, descriptors.Length));
        return (nuint)Align(length);
    }

    /// <summary>Reads what came with a message: descriptors are added to those there are.</summary>
    internal static void Parse(ReadOnlySpan<byte> control, List<int> descriptors, ref Credentials sender)
    {
        while (control.Length >= HeaderBytes)
        {
            var length = (int)BitConverter.ToUInt64(control);
            if (length < HeaderBytes || length > control.Length) return;
            var data = control[HeaderBytes..length];
            if (BitConverter.ToInt32(control[8..]) == Libc.SOL_SOCKET)
            {
                switch (BitConverter.ToInt32(control[12..]))
                {
                    case Libc.SCM_RIGHTS:
                        for (; data.Length >= sizeof(int); data = data[sizeof(int)..]) descriptors.Add(BitConverter.ToInt32(data));
                        break;
                    case Libc.SCM_CREDENTIALS when data.Length >= CredentialsBytes:
                        sender = new Credentials(BitConverter.ToInt32(data), BitConverter.ToUInt32(data[4..]));
                        break;
                }
            }
            control = control[Math.Min(control.Length, Align(length))..];
        }
    }

    private static int Align(int length) => (length + 7) & ~7;

    /// <summary>Who sent a message, as the kernel says.</summary>
    /// <param name="ProcessId">As this process's PID namespace numbers it; 0 for a process outside of it.</param>
    /// <param name="UserId">The user.</param>
    internal readonly record struct Credentials(int ProcessId, uint UserId);
}
