using System.Text;
using Endless.Http.Native;

namespace Endless.Http.Cookies;

/// <summary>A file of keys that instances of a program may share. Lines are appended and never changed, so that a write that was cut short costs no key.</summary>
internal sealed class CookieKeyFile(string path) : ICookieKeySource
{
    /// <summary>A file has a line for each rotation; one that is larger is something else.</summary>
    private const int MaxBytes = 1 << 20;

    public void Load(List<CookieKey> keys)
    {
        if (!File.Exists(path)) return;
        using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.ReadWrite, BufferSize = 0 });
        Read(file, keys);
    }

    public void Renew(List<CookieKey> keys, long before, DateTimeOffset now)
    {
        using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            BufferSize = 0,
        });
        // Race: instances that start at once, or meet at a key's end, each make one. The lock is held for a read and an appended line; without locks each has its own key, and finds the others' where a cookie names them.
        Libc.WaitForFileLock(file.SafeFileHandle);
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
}
