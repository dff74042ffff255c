using System.Diagnostics;
using Endless.Http.Load;

namespace Endless.Http.Tests.Processes;

/// <summary>A file system of a few pages, in memory, that only this process and its helper see: the helper mounts it in a namespace of its own. Gone when disposed of.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly Process _helper;

    private SmallDisk() => _helper = Process.Start(new ProcessStartInfo("unshare", ["--mount", "sh"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;

    /// <summary>Where it is.</summary>
    public string Path => $"/proc/{_helper.Id}/root{_directory.Path}";

    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Makes one of so many pages of 4 KiB, and of so many files, its root among them.</summary>
    public static async Task<SmallDisk> CreateAsync(int pages, int files = 100)
    {
        var disk = new SmallDisk();
        await disk.RunAsync($"mount -t tmpfs -o size={pages * 4}k,nr_inodes={files} none {disk._directory.Path}");
        return disk;
    }

    /// <summary>Leaves no room on it.</summary>
    public void Fill() => Fill(this["fill"]);

    /// <summary>Leaves no room on the file system of a file, which takes it.</summary>
    public static void Fill(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
            while (true) file.Write(new byte[512]);
        }
        catch (IOException)
        {
            // It is full.
        }
    }

    /// <summary>From now on nothing can be written.</summary>
    public Task MakeReadOnlyAsync() => RunAsync($"mount -o remount,ro {_directory.Path}");

    private async Task RunAsync(string command)
    {
        await _helper.StandardInput.WriteLineAsync($"{command} && echo done || echo failed");
        await _helper.StandardInput.FlushAsync();
        Assert.Equal("done", await _helper.StandardOutput.ReadLineAsync().WaitAsync(Deadline.Default));
    }

    public void Dispose()
    {
        _helper.Kill();
        _helper.WaitForExit();
        _helper.Dispose();
        _directory.Dispose();
    }
}
