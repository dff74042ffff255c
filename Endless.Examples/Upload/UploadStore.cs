using System.Text.RegularExpressions;
using Endless.Http;

namespace Endless.Examples.Upload;

/// <summary>
/// A directory of files that were uploaded. The server names them: an identifier, then what of the client's name does no harm in a path, a URL and a page. A file has its name once it is whole. Thread-safe, and two generations may use it.
/// </summary>
internal sealed partial class UploadStore
{
    /// <summary>Bytes of one upload.</summary>
    public const long MaxBytes = 1L << 30;

    private const long MaxBytesInAll = 10L << 30;
    private const int MaxNameLength = 100;
    private const string Draft = ".draft-";

    /// <param name="directory">Made if it is not there.</param>
    public UploadStore(string directory)
    {
        Directory = System.IO.Directory.CreateDirectory(directory).FullName;
        if (EndlessProcess.Generation > 1) return; // the generation before this one may still write to its drafts
        foreach (var draft in System.IO.Directory.EnumerateFiles(Directory, Draft + "*")) File.Delete(draft); // of a process that was killed
    }

    /// <summary>Where the files are.</summary>
    public string Directory { get; }

    /// <summary>What is there, the newest first.</summary>
    public IEnumerable<FileInfo> Files() => new DirectoryInfo(Directory).EnumerateFiles().Where(file => !file.Name.StartsWith('.')).OrderByDescending(file => file.LastWriteTimeUtc);

    /// <summary>Keeps a file, of whatever length, in the memory of a buffer.</summary>
    /// <param name="name">What the client calls it.</param>
    /// <param name="content">What it sends.</param>
    /// <param name="stop">The client has gone.</param>
    /// <exception cref="HttpErrorException">The directory is full (507).</exception>
    public async Task SaveAsync(string name, Stream content, CancellationToken stop)
    {
        if (Files().Sum(file => file.Length) > MaxBytesInAll) throw new HttpErrorException(507, "There is no room left.");
        var id = Guid.NewGuid().ToString("N");
        var draft = Path.Combine(Directory, Draft + id);
        try
        {
            await using (var file = File.Create(draft)) await content.CopyToAsync(file, stop);
            File.Move(draft, Path.Combine(Directory, $"{id}-{Harmless(name)}"));
        }
        finally
        {
            File.Delete(draft); // nothing where it was moved
        }
    }

    /// <summary>What a file was called by whoever uploaded it, so far as that does no harm.</summary>
    public static string OriginalName(string name) => name.IndexOf('-') is var end and >= 0 ? name[(end + 1)..] : name;

    private static string Harmless(string name)
    {
        name = Others().Replace(name, "_");
        return name.Length > MaxNameLength ? name[^MaxNameLength..] : name; // the end has the extension
    }

    [GeneratedRegex("[^A-Za-z0-9._-]")]
    private static partial Regex Others();
}
