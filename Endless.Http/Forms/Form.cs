using Endless.Http.Forms;

namespace Endless.Http;

/// <summary>The fields and files of a request's body: <c>await r.ReadFormAsync()</c>. What is in temporary files is gone when the request is over. Go's <c>PostForm</c> and <c>MultipartForm</c>.</summary>
public sealed class Form : IDisposable
{
    private readonly UnnamedFileSpool? _spool;

    internal Form(UrlValues values, IReadOnlyList<FormFile> files, UnnamedFileSpool? spool)
    {
        Values = values;
        Files = files;
        _spool = spool;
    }

    /// <summary>The values that are no files, in order. Those of the query are not among them.</summary>
    public UrlValues Values { get; }

    /// <summary>The files, in order. A file input that was left empty is an empty value and no file, as in Go.</summary>
    public IReadOnlyList<FormFile> Files { get; }

    /// <summary>The first value of a name; null if absent.</summary>
    public string? this[string name] => Values[name];

    /// <summary>The first file of a name; null if absent. Go's <c>FormFile</c>.</summary>
    public FormFile? File(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        foreach (var file in Files)
            if (file.Name == name) return file;
        return null;
    }

    /// <summary>Lets temporary files go before the request is over, which does it anyway.</summary>
    public void Dispose() => _spool?.Dispose();
}
