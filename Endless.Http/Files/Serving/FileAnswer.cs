using Endless.Http.Semantics;

namespace Endless.Http.Files;

/// <summary>Answers with a file of a source, or with the compressed one that lies beside it.</summary>
/// <param name="files">The source.</param>
/// <param name="contentTypes">Types that are asked before the built-in ones.</param>
internal sealed class FileAnswer(FileSource files, Dictionary<string, string> contentTypes)
{
    public async Task SendAsync(ResponseWriter w, Request r, string path, ServedFile file, bool triesCompressed, CancellationToken cancellationToken)
    {
        var type = ContentTypeTable.Find(path, contentTypes);
        if (triesCompressed)
        {
            VaryField.Add(w.Header, "Accept-Encoding");
            var (compressed, coding) = await Precompressed.FindAsync(files, path, file, r, cancellationToken).ConfigureAwait(false);
            if (compressed is not null)
            {
                using (compressed) await SendCompressedAsync(w, r, file, compressed, coding, type).ConfigureAwait(false);
                return;
            }
        }
        await ContentResponse.SendAsync(w, r, file, type).ConfigureAwait(false);
    }

    private static async Task SendCompressedAsync(ResponseWriter w, Request r, ServedFile file, ServedFile compressed, string coding, string? type)
    {
        type ??= await ContentResponse.SniffAsync(file).ConfigureAwait(false); // of what comes out of it
        if (Precompressed.Tag(compressed, coding) is { } entityTag) w.Header.Set("ETag", entityTag);
        w.Header.Set("Content-Encoding", coding);
        await ContentResponse.SendAsync(w, r, compressed, type).ConfigureAwait(false);
    }
}
