namespace Endless.Http.Tests.Processes;

/// <summary>A directory of one test, gone with it. Its path is short enough for a UNIX socket (107 bytes).</summary>
internal sealed class TempDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("endless-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
