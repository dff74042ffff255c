namespace Endless.Http;

public static partial class Middleware
{
    /// <summary>
    /// Lets clients that can send GET and POST only, such as HTML forms, ask for PUT, PATCH or DELETE: a POST with <c>X-HTTP-Method-Override</c>, or <c>_method</c> in its query, is that for the handlers behind. Every other method, or
    /// value, is left alone. Before the mux, and before checks that look at the method: a form of another site can send it, as it can a POST (<see cref="CrossOriginProtection"/>).
    /// </summary>
    public static MiddlewareFunc MethodOverride() => next =>
    {
        ArgumentNullException.ThrowIfNull(next);
        return new MethodOverrideHandler(next);
    };

    private sealed class MethodOverrideHandler(IHandler next) : IHandler
    {
        public Task ServeHttpAsync(ResponseWriter w, Request r) => next.ServeHttpAsync(w, Wanted(r) is { } method ? new Request(r) { Method = method } : r);

        private static string? Wanted(Request r)
        {
            if (r.Method != "POST") return null;
            var lines = r.Header.Values("X-HTTP-Method-Override");
            var wanted = lines.Count == 1 ? lines[0] : lines.Count == 0 && r.RawQuery.Contains("_method", StringComparison.Ordinal) ? r.Query["_method"] : null;
            return wanted switch
            {
                null => null,
                _ when wanted.Equals("PUT", StringComparison.OrdinalIgnoreCase) => "PUT",
                _ when wanted.Equals("PATCH", StringComparison.OrdinalIgnoreCase) => "PATCH",
                _ when wanted.Equals("DELETE", StringComparison.OrdinalIgnoreCase) => "DELETE",
                _ => null,
            };
        }
    }
}
