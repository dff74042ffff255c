namespace Endless.Http;

/// <summary>Several sources, one over the other: the first that has a path has it. <c>new OverlayFiles(new PhysicalFiles("theme"), new EmbeddedFiles(...))</c>. Thread-safe.</summary>
public sealed class OverlayFiles : FileSource
{
    private readonly FileSource[] _layers;

    /// <param name="layers">The uppermost first. One that may not read a file, or cannot tell, hides those below it there.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public OverlayFiles(params ReadOnlySpan<FileSource> layers)
    {
        if (layers.IsEmpty) throw new ArgumentException("An overlay has one layer or more.", nameof(layers));
        _layers = layers.ToArray();
        IsLocal = true;
        foreach (var layer in _layers)
        {
            ArgumentNullException.ThrowIfNull(layer, nameof(layers));
            IsLocal &= layer.IsLocal;
        }
    }

    internal override bool IsLocal { get; }

    /// <inheritdoc/>
    public override async ValueTask<FileLookup> OpenAsync(string path, CancellationToken cancellationToken = default)
    {
        var isDirectory = false;
        foreach (var layer in _layers)
        {
            var lookup = await layer.OpenAsync(path, cancellationToken).ConfigureAwait(false);
            if (lookup.Status == FileLookupStatus.Directory) isDirectory = true;
            else if (lookup.Status != FileLookupStatus.NotFound) return lookup;
        }
        return isDirectory ? FileLookup.Directory : FileLookup.NotFound;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<ListedFile>? List(string path)
    {
        HashSet<ListedFile>? all = null;
        foreach (var layer in _layers)
        {
            if (layer.List(path) is not { } listed) continue;
            all ??= [];
            foreach (var file in listed)
                if (all.Count < MaxListed && !all.Contains(file with { IsDirectory = !file.IsDirectory })) all.Add(file);
        }
        return all is null ? null : [.. all];
    }

    /// <inheritdoc/>
    /// <remarks>Of the layer that has the file: what a lower one has compressed is another content.</remarks>
    internal override async ValueTask<FileLookup> OpenSiblingAsync(string path, string suffix, CancellationToken cancellationToken)
    {
        foreach (var layer in _layers)
        {
            var lookup = await layer.OpenAsync(path, cancellationToken).ConfigureAwait(false);
            if (lookup.Status is FileLookupStatus.NotFound or FileLookupStatus.Directory) continue;
            lookup.File?.Dispose();
            return await layer.OpenSiblingAsync(path, suffix, cancellationToken).ConfigureAwait(false);
        }
        return FileLookup.NotFound;
    }
}
