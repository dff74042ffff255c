using Endless.Http.Semantics;

namespace Endless.Http;

public static partial class Handler
{
    /// <summary>
    /// A handler that takes a prefix off the path for the one behind it: of <c>/static/app.js</c> it sees <c>/app.js</c>. What does not begin with the prefix is a 404. Go's <c>http.StripPrefix</c>.
    /// <see cref="RouterExtensions.Mount"/> does the same for a prefix with wildcards, and registers it.
    /// </summary>
    /// <param name="prefix">Begins with a slash, decoded: <c>/static</c>, or <c>/static/</c>, whose last slash is left in place. Empty for nothing. It ends where a segment ends: of <c>/statics</c> nothing is taken off.</param>
    /// <param name="handler">The handler behind it.</param>
    /// <remarks>As in Go both the decoded path and the path as it was sent must begin with the prefix: <c>/st%61tic/x</c> is a 404. <see cref="Request.PathBase"/> has what was taken off.</remarks>
    /// <exception cref="ArgumentException">The prefix does not begin with a slash.</exception>
    public static IHandler StripPrefix(string prefix, IHandler handler)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        ArgumentNullException.ThrowIfNull(handler);
        if (prefix.Length > 0 && prefix[0] != '/') throw new ArgumentException($"The prefix \"{prefix}\" fits no path: it begins with a slash.", nameof(prefix));
        prefix = prefix.TrimEnd('/');
        return prefix.Length == 0 ? handler : new PrefixStripper(prefix, handler);
    }

    private sealed class PrefixStripper(string prefix, IHandler handler) : IHandler
    {
        private readonly string _encoded = PercentEncoding.EncodePath(prefix);

        public Task ServeHttpAsync(ResponseWriter w, Request r)
        {
            ArgumentNullException.ThrowIfNull(w);
            ArgumentNullException.ThrowIfNull(r);
            if (r.Path.StartsWith(prefix, StringComparison.Ordinal))
            {
                // Encoded in the usual way, the path as sent says no more than the decoded one: what is encoded otherwise, a slash above all, must stand behind the prefix.
                var sent = r.RawPath.StartsWith(prefix, StringComparison.Ordinal) ? prefix.Length
                    : r.RawPath.StartsWith(_encoded, StringComparison.Ordinal) && PercentEncoding.EncodePath(r.Path) == r.RawPath ? _encoded.Length : r.RawPath.Length + 1;
                if (sent == r.RawPath.Length || (sent < r.RawPath.Length && r.RawPath[sent] == '/'))
                    return handler.ServeHttpAsync(w, new Request(r) { RawPath = r.RawPath[sent..], PathBase = r.PathBase + r.RawPath[..sent] });
            }
            w.NotFound();
            return Task.CompletedTask;
        }
    }
}
