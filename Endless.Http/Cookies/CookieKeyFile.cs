using System.Text;
using Endless.Http.Native;

namespace Endless.Http.Cookies;

/// <summary>A file of keys that instances of a program may share. Lines are appended and never changed, so that a write that was cut short costs no key.</summary>
internal sealed class CookieKeyFile(string path) : ICookieKeySource
{
    /// <summary>A file has a line for each rotation; one that is larger is something else.</summary>
    private const int MaxBytes = 1 << 20;

    /// <summary>A lock is held for a read or an appended line.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public void Load(List<CookieKey> keys)
    {
        if (!File.Exists(path)) return;
        using var file = Open(new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.ReadWrite, BufferSize = 0 });
        Read(file, keys);
    }

    public void Renew(List<CookieKey> keys, long before, DateTimeOffset now)
    {
        using var file = Open(new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            BufferSize = 0,
        });
        var text = Read(file, keys);
        foreach (var key in keys)
            if (key.Created >= before) return; // another instance was first
        var made = CookieKey.Random(now);
        var line = CookieKeyText.Line(made);
        file.Seek(0, SeekOrigin.End);
        file.Write(Encoding.ASCII.GetBytes(text is [.., not (byte)'\n'] ? "\n" + line : line));
        file.Flush(flushToDisk: true); // before a client has a cookie that needs it
        keys.Add(made);
    }

    private byte[] Read(FileStream file, List<CookieKey> keys)
    {
        if (file.Length > MaxBytes) throw new IOException($"{path} is no file of cookie keys: it has {file.Length} bytes. Give the path of one that the server has made, or of none.");
        var text = new byte[file.Length];
        text = text[..file.ReadAtLeast(text, text.Length, throwOnEndOfStream: false)];
        CookieKeyText.Parse(text, keys);
        return text;
    }

    // Race: instances that start at once make the file, or a key in it, together. .NET takes flock's lock for each open file, exclusive for FileShare.None and else shared, and does not wait for it.
    private FileStream Open(FileStreamOptions options)
    {
        for (var start = Environment.TickCount64; ;)
        {
            try
            {
                return new FileStream(path, options);
            }
            catch (IOException exception) when (exception.HResult == Errno.EAGAIN && Environment.TickCount64 - start < Patience.TotalMilliseconds)
            {
                Thread.Sleep(5);
            }
        }
    }
}
