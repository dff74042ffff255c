using Endless.Http.Testing;
using Endless.Http.Tests.Processes;

namespace Endless.Http.Handlers.Tests.Files;

/// <summary>A directory with files to be served, of one test, and questions to whoever serves it.</summary>
internal sealed class SiteDirectory : IDisposable
{
    /// <summary>When every file was written, unless a test says otherwise.</summary>
    public static readonly DateTime Written = new(2020, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    private readonly TempDirectory _directory = new();

    public SiteDirectory() => Directory.CreateDirectory(Root);

    /// <summary>What is served. Beside it there may be what is not.</summary>
    public string Root => Path.Combine(_directory.Path, "root");

    /// <summary>A path below the root, or beside it with <c>../</c>.</summary>
    public string this[string path] => Path.GetFullPath(Path.Combine(Root, path));

    public string Write(string path, string content) => Write(path, System.Text.Encoding.UTF8.GetBytes(content));

    public string Write(string path, byte[] content)
    {
        var full = this[path];
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, content);
        File.SetLastWriteTimeUtc(full, Written);
        return full;
    }

    /// <summary>Answers a request: target, then header fields as <c>Name: value</c>.</summary>
    public static Task<ResponseRecorder> GetAsync(IHandler handler, string target, params string[] fields) => AskAsync(handler, "GET", target, fields);

    public static Task<ResponseRecorder> AskAsync(IHandler handler, string method, string target, params string[] fields)
    {
        var request = new RequestBuilder(method, target);
        foreach (var field in fields) request.Header(field[..field.IndexOf(':')], field[(field.IndexOf(':') + 1)..].Trim());
        return ResponseRecorder.RecordAsync(handler, request.Build());
    }

    public void Dispose() => _directory.Dispose();
}
