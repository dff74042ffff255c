using System.IO.Pipelines;
using Endless.Http.Semantics;

namespace Endless.Http;

/// <summary>Has a handler called with the body that a client encoded.</summary>
internal sealed class DecompressHandler(IHandler next, long maxBytes, int maxRatio) : IHandler
{
    private const string Codings = "gzip, br, zstd, deflate";

    public Task ServeHttpAsync(ResponseWriter w, Request r)
    {
        if (r.Header["Content-Encoding"] is not { } coding) return next.ServeHttpAsync(w, r);
        if (r.Header.Values("Content-Encoding").Count > 1) throw Refusal(w);
        if (FieldList.HasOnly(coding, "identity", out _)) return next.ServeHttpAsync(w, r);
        if (DecodedBody.Kind(coding) is not { } kind) throw Refusal(w);
        return ServeDecodedAsync(w, r, kind);
    }

    private async Task ServeDecodedAsync(ResponseWriter w, Request r, string kind)
    {
        var body = new DecodedBody(r.BodyStream, kind, maxBytes, maxRatio);
        await using (body.ConfigureAwait(false))
        {
            var reader = PipeReader.Create(body, new StreamPipeReaderOptions(bufferSize: 16 * 1024, leaveOpen: true));
            try
            {
                await next.ServeHttpAsync(w, new Request(r) { Header = WithoutCoding(r.Header), Body = reader }).ConfigureAwait(false);
            }
            finally
            {
                await reader.CompleteAsync().ConfigureAwait(false);
            }
        }
    }

    private static Header WithoutCoding(Header header)
    {
        var plain = new Header();
        foreach (var (name, value) in header)
            if (!name.Equals("Content-Encoding", StringComparison.OrdinalIgnoreCase) && !name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)) plain.Add(name, value);
        return plain;
    }

    private static ProblemException Refusal(ResponseWriter w)
    {
        w.Header.Set("Accept-Encoding", Codings);
        return new ProblemException(new ProblemDetails(415, $"The body's Content-Encoding is not supported: send one of {Codings}, or none."));
    }
}
