namespace Endless.Http.Routing;

/// <summary>Takes the prefix of a mount off the path for the handler behind it. By segments and not by text, so that a prefix may have wildcards, and <c>/%61dmin/x</c> is <c>/admin/x</c> here as it is for the mux.</summary>
internal sealed class MountHandler(IHandler handler) : IHandler
{
    public Task ServeHttpAsync(ResponseWriter w, Request r)
    {
        // The route that led here ends with the slash behind the prefix.
        var depth = r.Matched is Route route ? route.Parsed.Segments.Count - 1 : 0;
        if (depth == 0) return handler.ServeHttpAsync(w, r);
        var path = new SegmentedPath(r.RawPath);
        // Unless middleware in between has changed the path.
        if (!path.IsClean || depth >= path.Count)
        {
            w.NotFound();
            return Task.CompletedTask;
        }
        var slash = r.RawPath.Length - path.From(depth).Length - 1;
        return handler.ServeHttpAsync(w, new Request(r) { RawPath = r.RawPath[slash..], PathBase = r.PathBase + r.RawPath[..slash] });
    }
}
