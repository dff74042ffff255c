using Endless.Http.Native;

namespace Endless.Http.Sockets;

/// <summary>The file of a bound UNIX socket: its absolute name, and the device and inode that tell it from another file of that name. The inode is not reused while the socket is open.</summary>
internal sealed record SocketFile(string Path, FileStamp Stamp)
{
    /// <summary>The path still leads to it.</summary>
    public bool IsAtPath => Stamp.IsSameFile(FileStamp.OfEntry(Path));

    /// <summary>What is at a path now.</summary>
    public static SocketFile At(string path) => new(path, FileStamp.OfEntry(path));

    /// <summary>A path as it is from the root on: the working directory may change.</summary>
    public static string Absolute(string path)
    {
        try
        {
            return System.IO.Path.IsPathRooted(path) ? path : System.IO.Path.Join(Environment.CurrentDirectory, path);
        }
        catch (IOException)
        {
            return path; // the working directory was deleted: it leads nowhere
        }
    }

    /// <summary>A path as a socket is bound to it: the absolute one, unless that is too long.</summary>
    public static string ForBind(string path) => Absolute(path) is var absolute && UnixSocket.Fits(absolute) ? absolute : path;

    /// <summary>Removes it, if the path leads to it. The errno value, 0 for success.</summary>
    public int Remove() => !IsAtPath || Libc.unlink(Path) == 0 || Errno.Last == Errno.ENOENT ? 0 : Errno.Last;
}
