using Endless.Http.Semantics;

namespace Endless.Http.Files;

/// <summary>Files that were compressed when the program was built and lie beside the original: <c>app.js.br</c>.</summary>
internal static class Precompressed
{
    // The best first: the content coding, and what is behind the name.
    private static readonly string[] Codings = ["br", "zstd", "gzip"];

    /// <summary>Of those that the client takes and that are there, the one it likes best; not found if there is none.</summary>
    /// <param name="files">The source.</param>
    /// <param name="path">Of the original.</param>
    /// <param name="original">The original.</param>
    /// <param name="r">The request.</param>
    /// <param name="cancellationToken">As in <see cref="FileSource.OpenAsync"/>.</param>
    /// <returns>The file, which is the caller's, and its coding.</returns>
    public static async ValueTask<(ServedFile? File, string Coding)> FindAsync(FileSource files, string path, ServedFile original, Request r, CancellationToken cancellationToken)
    {
        if (r.Header.Get("Accept-Encoding") is null) return default;
        var accepted = r.Header.Values("Accept-Encoding");
        var untried = Codings;
        while (AcceptEncoding.Choose(accepted, untried) is { } coding)
        {
            var lookup = await files.OpenSiblingAsync(path, Suffix(coding), cancellationToken).ConfigureAwait(false);
            if (lookup.File is { } file)
            {
                if (!IsOlder(file, original)) return (file, coding);
                file.Dispose();
            }
            untried = [.. untried.AsSpan(0, Array.IndexOf(untried, coding)), .. untried.AsSpan(Array.IndexOf(untried, coding) + 1)];
        }
        return default;
    }

    /// <summary>The tag of an encoded representation, which is another than the original's even if size and time are the same (RFC 9110 section 8.8.3.3).</summary>
    public static string? Tag(ServedFile file, string coding) => file.ETag is { } tag ? $"{tag.AsSpan(0, tag.Length - 1)}-{coding}\"" : null;

    private static string Suffix(string coding) => coding switch
    {
        "br" => ".br",
        "zstd" => ".zst",
        _ => ".gz",
    };

    /// <summary>The original was changed afterwards: the sibling is of what it was before. By seconds: archives keep no more of a time.</summary>
    private static bool IsOlder(ServedFile file, ServedFile original) =>
        file.Modified is { } compressed && original.Modified is { } changed && HttpDate.WholeSeconds(compressed) < HttpDate.WholeSeconds(changed);
}
