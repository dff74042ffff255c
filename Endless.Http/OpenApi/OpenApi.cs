namespace Endless.Http;

/// <summary>A description of a mux's routes as an OpenAPI 3.1 document.</summary>
public static class OpenApi
{
    /// <summary>
    /// A handler that answers with the document of a mux's routes, as JSON: <c>mux.Get("/openapi.json", OpenApi.Handler(mux))</c>. It is made at the first request, and again after a route was added or described. Left
    /// out are routes for any method, methods that OpenAPI does not know, routes that are hidden, and the handler's own.
    /// </summary>
    /// <param name="mux">The mux; a mux that is mounted in it has a document of its own.</param>
    /// <param name="options">What the document says of the whole; null for the defaults. Read once.</param>
    public static IHandler Handler(ServeMux mux, OpenApiOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(mux);
        return new OpenApiHandler(mux, options ?? new OpenApiOptions());
    }
}
