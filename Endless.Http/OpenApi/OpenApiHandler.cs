using System.Globalization;

namespace Endless.Http;

/// <summary>Answers with a mux's document, made again when its routes have changed.</summary>
internal sealed class OpenApiHandler : IHandler
{
    private readonly ServeMux _mux;
    private readonly OpenApiDocument _document;
    private Made? _made;

    public OpenApiHandler(ServeMux mux, OpenApiOptions options)
    {
        _mux = mux;
        _document = new OpenApiDocument(options);
    }

    public Task ServeHttpAsync(ResponseWriter w, Request r)
    {
        var routes = _mux.Routes;
        // Two requests that are here at once make the same document twice.
        if (Volatile.Read(ref _made) is not { } made || made.Routes != routes)
        {
            made = new Made(routes, _document.Write(routes, r.GetRoute()));
            Volatile.Write(ref _made, made);
        }
        w.Header.Set("Content-Type", "application/json");
        w.Header.Set("Content-Length", made.Json.Length.ToString(CultureInfo.InvariantCulture));
        return w.WriteAsync(made.Json);
    }

    private sealed record Made(IReadOnlyList<Route> Routes, byte[] Json);
}
