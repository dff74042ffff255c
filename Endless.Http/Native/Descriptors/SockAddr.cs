using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;

namespace Endless.Http.Native;

/// <summary>Endpoints from and to <c>struct sockaddr_in</c>, <c>sockaddr_in6</c> and <c>sockaddr_un</c>.</summary>
internal static unsafe class SockAddr
{
    /// <summary>Bytes of <c>struct sockaddr_storage</c>: room for any of them.</summary>
    internal const int MaxLength = 128;

    /// <summary>sizeof(sun_path): a UNIX socket's path and its terminating NUL.</summary>
    internal const int MaxPathBytes = 108;

    /// <summary>Writes an endpoint and returns its length in bytes.</summary>
    internal static int Encode(EndPoint endPoint, Span<byte> destination)
    {
        destination.Clear();
        if (endPoint is IPEndPoint { AddressFamily: AddressFamily.InterNetwork } v4)
        {
            BitConverter.TryWriteBytes(destination, (ushort)Libc.AF_INET);
            BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)v4.Port);
#pragma warning disable CS0618 // an IPv4 address as one word is what is wanted: TryWriteBytes is compiled at run time
            BitConverter.TryWriteBytes(destination[4..], (uint)v4.Address.Address);
#pragma warning restore CS0618
            return 16;
        }
        if (endPoint is IPEndPoint v6)
        {
            BitConverter.TryWriteBytes(destination, (ushort)Libc.AF_INET6);
            BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)v6.Port);
            v6.Address.TryWriteBytes(destination[8..], out _);
            BitConverter.TryWriteBytes(destination[24..], (uint)v6.Address.ScopeId);
            return 28;
        }
        var path = endPoint.ToString()!; // a UnixDomainSocketEndPoint's
        BitConverter.TryWriteBytes(destination, (ushort)Libc.AF_UNIX);
        return 2 + Encoding.UTF8.GetBytes(path, destination[2..]) + 1;
    }

    /// <summary>Reads an endpoint; null for one without an address (an unnamed UNIX socket). An IPv4 client of a dual-stack socket is an IPv4 endpoint.</summary>
    internal static EndPoint? Decode(ReadOnlySpan<byte> address)
    {
        if (address.Length < 2) return null;
        switch (BitConverter.ToUInt16(address))
        {
            case Libc.AF_INET when address.Length >= 16:
                return UnpackIPv4(PackIPv4(address));
            case Libc.AF_INET6 when address.Length >= 28:
                var port = BinaryPrimitives.ReadUInt16BigEndian(address[2..]);
                var bytes = address.Slice(8, 16);
                return IsMapped(bytes) ? UnpackIPv4(PackIPv4(address)) : new IPEndPoint(new IPAddress(bytes, BitConverter.ToUInt32(address[24..])), port);
            case Libc.AF_UNIX:
                var path = address[2..];
                var end = path.IndexOf((byte)0);
                if (end >= 0) path = path[..end];
                return path.IsEmpty ? null : UnixEndPoint(Encoding.UTF8.GetString(path));
            default:
                return null;
        }
    }

    /// <summary>Apart: it loads System.Net.Sockets.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static UnixDomainSocketEndPoint UnixEndPoint(string path) => new(path);

    /// <summary>An IPv4 address, or one of IPv6 that stands for it, as one word: address and port. 0 for any other: nobody connects from port 0 of 0.0.0.0.</summary>
    internal static ulong PackIPv4(ReadOnlySpan<byte> address)
    {
        if (address.Length < 8) return 0;
        var port = BinaryPrimitives.ReadUInt16BigEndian(address[2..]);
        return BitConverter.ToUInt16(address) switch
        {
            Libc.AF_INET when address.Length >= 16 => (ulong)BitConverter.ToUInt32(address[4..]) << 16 | port,
            Libc.AF_INET6 when address.Length >= 28 && IsMapped(address.Slice(8, 16)) => (ulong)BitConverter.ToUInt32(address[20..]) << 16 | port,
            _ => 0,
        };
    }

    /// <summary>The endpoint of <see cref="PackIPv4"/>.</summary>
    internal static IPEndPoint UnpackIPv4(ulong packed) => new(new IPAddress((long)(packed >> 16)), (int)(packed & 0xffff));

    private static bool IsMapped(ReadOnlySpan<byte> address) => address[..12].SequenceEqual<byte>([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]);

    /// <summary>The address a socket is bound to.</summary>
    internal static EndPoint? Local(int fd)
    {
        var address = stackalloc byte[MaxLength];
        uint length = MaxLength;
        return Libc.getsockname(fd, address, &length) == 0 ? Decode(new ReadOnlySpan<byte>(address, (int)length)) : null;
    }

    /// <summary>The <c>struct sockaddr</c> that a socket is connected to, written into <paramref name="buffer"/> of <see cref="MaxLength"/> bytes; empty if it has none.</summary>
    internal static ReadOnlySpan<byte> Remote(int fd, Span<byte> buffer)
    {
        var length = (uint)buffer.Length;
        fixed (byte* address = buffer)
            return Libc.getpeername(fd, address, &length) == 0 ? buffer[..(int)Math.Min(length, (uint)buffer.Length)] : default;
    }
}
