using System.Collections.Frozen;
using System.Reflection;
using Endless.Http.Files;

namespace Endless.Http;

/// <summary>
/// Files that were compiled into an assembly: a program that is one file. Go's <c>embed.FS</c>. A line of the project has their paths kept:
/// <code>&lt;EmbeddedResource Include="wwwroot/**" LogicalName="%(Identity)" /&gt;</code>
/// Thread-safe.
/// </summary>
/// <remarks>Each is read when it is first asked for, and stays in memory. The entity tag is of the content, and there is no Last-Modified: an assembly does not say when a file was written.</remarks>
public sealed class EmbeddedFiles : FileSource
{
    private readonly Assembly _assembly;
    private readonly FrozenDictionary<string, Lazy<ServedFile>> _files;
    private readonly DirectoryIndex _directories = new();

    /// <param name="assembly">The assembly: <c>typeof(Program).Assembly</c>.</param>
    /// <param name="root">The directory that the paths begin below: <c>wwwroot</c>.</param>
    /// <exception cref="ArgumentException">The assembly has no resource whose name begins with the root and a slash.</exception>
    public EmbeddedFiles(Assembly assembly, string root)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        ArgumentNullException.ThrowIfNull(root);
        _assembly = assembly;
        var prefix = root.Trim('/') is { Length: > 0 } directory ? directory + "/" : "";
        var files = new Dictionary<string, Lazy<ServedFile>>(StringComparer.Ordinal);
        foreach (var resource in assembly.GetManifestResourceNames())
        {
            var name = resource.Replace('\\', '/'); // compiled on Windows
            if (!name.StartsWith(prefix, StringComparison.Ordinal)) continue;
            var path = "/" + name[prefix.Length..];
            if (RequestedPath.IsName(path) && files.TryAdd(path, new Lazy<ServedFile>(() => Read(resource)))) _directories.Add(path);
        }
        if (files.Count == 0)
            throw new ArgumentException($"{assembly.GetName().Name} has no resource below \"{root}\". In its project: <EmbeddedResource Include=\"{root}/**\" LogicalName=\"%(Identity)\" />", nameof(root));
        _files = files.ToFrozenDictionary(StringComparer.Ordinal);
    }

    internal override bool IsLocal => true;

    /// <inheritdoc/>
    public override ValueTask<FileLookup> OpenAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        return new ValueTask<FileLookup>(_files.TryGetValue(path, out var file) ? FileLookup.Found(file.Value) : _directories.Has(path) ? FileLookup.Directory : FileLookup.NotFound);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<ListedFile>? List(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return _directories.List(_files.Keys, path);
    }

    private ServedFile Read(string resource)
    {
        using var stream = _assembly.GetManifestResourceStream(resource)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return new ServedFile(content, modified: null, ContentTag.Of(content));
    }
}
