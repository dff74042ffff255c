using System.Globalization;
using System.Net;
using System.Text;
using Endless.Http.Semantics;

namespace Endless.Http;

/// <summary>The answers that most handlers give, in one call each. Go's <c>http.Error</c>, <c>http.NotFound</c> and <c>http.Redirect</c>, with the texts that gin's context has.</summary>
/// <remarks>Each is a whole response: it fixes status and header and writes the body. All of them are small and buffered, so none needs to be awaited.</remarks>
public static class ResponseWriterExtensions
{
    /// <summary>
    /// Answers with a status and a plain text for whoever reads it. Fields that were meant for the content that is not sent (Content-Length, Content-Encoding, ETag, Last-Modified, Cache-Control) are taken away, as Go's does.
    /// </summary>
    /// <param name="w">The response.</param>
    /// <param name="text">What happened and what to do, without anything secret; a line end is added.</param>
    /// <param name="statusCode">The status: 400 to 599 as a rule.</param>
    /// <exception cref="InvalidOperationException">The response has begun already.</exception>
    public static void Error(this ResponseWriter w, string text, int statusCode)
    {
        ArgumentNullException.ThrowIfNull(w);
        ArgumentNullException.ThrowIfNull(text);
        w.StatusCode = statusCode;
        var header = w.Header;
        header.Remove("Content-Length");
        header.Remove("Content-Encoding");
        header.Remove("ETag");
        header.Remove("Last-Modified");
        header.Remove("Cache-Control");
        header.Set("Content-Type", "text/plain; charset=utf-8");
        header.Set("X-Content-Type-Options", "nosniff");
        w.Write(text + "\n");
    }

    /// <inheritdoc cref="Error(ResponseWriter, string, int)"/>
    public static void Error(this ResponseWriter w, string text, HttpStatusCode statusCode) => Error(w, text, (int)statusCode);

    /// <summary>Answers 404 with a short text. Go's <c>http.NotFound</c>.</summary>
    /// <exception cref="InvalidOperationException">The response has begun already.</exception>
    public static void NotFound(this ResponseWriter w) => Error(w, "404 page not found", 404);

    /// <summary>Answers with plain text.</summary>
    /// <param name="w">The response.</param>
    /// <param name="text">Sent as UTF-8, as it is.</param>
    /// <param name="statusCode">The status; 0, the default, for the one that is set, or 200.</param>
    /// <exception cref="InvalidOperationException">The response has begun already, with a <paramref name="statusCode"/>.</exception>
    public static void Text(this ResponseWriter w, string text, int statusCode = 0) => Write(w, text, "text/plain; charset=utf-8", statusCode);

    /// <summary>Answers with an HTML page.</summary>
    /// <param name="w">The response.</param>
    /// <param name="html">Sent as UTF-8, as it is: encode what comes from a user (<see cref="WebUtility.HtmlEncode(string)"/>), or a visitor's script runs in another visitor's page.</param>
    /// <param name="statusCode">The status; 0, the default, for the one that is set, or 200.</param>
    /// <exception cref="InvalidOperationException">The response has begun already, with a <paramref name="statusCode"/>.</exception>
    public static void Html(this ResponseWriter w, string html, int statusCode = 0) => Write(w, html, "text/html; charset=utf-8", statusCode);

    /// <summary>
    /// Sends the client to another URL. A path without a slash at its start is beside the requested one. Whatever no URL holds is percent-encoded. Go's <c>http.Redirect</c>: a small page for GET, unless a Content-Type is set.
    /// </summary>
    /// <param name="w">The response.</param>
    /// <param name="r">The request.</param>
    /// <param name="url">A URL, or a path with or without query. One that a client can choose is an open redirect: use <see cref="RedirectLocal"/>.</param>
    /// <param name="statusCode">302, the default: a GET follows a POST in practice; 303: a GET follows; 307: the same method follows; 301 and 308: the same two, for good.</param>
    /// <exception cref="ArgumentOutOfRangeException">The status is not of 300 to 399.</exception>
    /// <exception cref="InvalidOperationException">The response has begun already.</exception>
    public static void Redirect(this ResponseWriter w, Request r, string url, int statusCode = 302)
    {
        ArgumentNullException.ThrowIfNull(w);
        ArgumentNullException.ThrowIfNull(r);
        ArgumentNullException.ThrowIfNull(url);
        if (statusCode is < 300 or > 399) throw new ArgumentOutOfRangeException(nameof(statusCode), statusCode, "A redirect has a status of 300 to 399: 302, 303, 307, 301 or 308.");
        w.StatusCode = statusCode;
        var location = LocationField.Encode(LocationField.LeavesHost(url) ? url : LocationField.Resolve(url, r.PathBase + r.RawPath));
        var hasType = w.Header.Get("Content-Type") is not null;
        w.Header.Set("Location", location);
        if (hasType || r.Method is not ("GET" or "HEAD")) return;
        w.Header.Set("Content-Type", "text/html; charset=utf-8");
        if (r.Method == "GET") w.Write($"<a href=\"{WebUtility.HtmlEncode(location)}\">{Encoding.ASCII.GetString(ReasonPhrase.Of(statusCode))}</a>.\n\n");
    }

    /// <inheritdoc cref="Redirect(ResponseWriter, Request, string, int)"/>
    public static void Redirect(this ResponseWriter w, Request r, string url, HttpStatusCode statusCode) => Redirect(w, r, url, (int)statusCode);

    /// <summary>
    /// Sends the client to a path of this host, where it may have chosen the path itself (<c>?return=/orders</c>). Open redirect: a path that leads to another host (<c>//evil.example</c>, <c>/\evil.example</c>,
    /// <c>https:...</c>) is answered with 400. ASP.NET Core's <c>LocalRedirect</c>.
    /// </summary>
    /// <inheritdoc cref="Redirect(ResponseWriter, Request, string, int)"/>
    public static void RedirectLocal(this ResponseWriter w, Request r, string path, int statusCode = 302)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.StartsWith('/') && !LocationField.LeavesHost(path)) Redirect(w, r, path, statusCode);
        else Error(w, "The page to go on to is none of this site.", 400);
    }

    /// <inheritdoc cref="ResponseWriter.WriteHeader(int)"/>
    public static void WriteHeader(this ResponseWriter w, HttpStatusCode statusCode)
    {
        ArgumentNullException.ThrowIfNull(w);
        w.WriteHeader((int)statusCode);
    }

    private static void Write(ResponseWriter w, string text, string contentType, int statusCode)
    {
        ArgumentNullException.ThrowIfNull(w);
        ArgumentNullException.ThrowIfNull(text);
        if (statusCode != 0) w.StatusCode = statusCode;
        w.Header.Set("Content-Type", contentType);
        // With its length where it is larger than the server's own buffer: a client sees how much there is, and HTTP/1.1 needs no chunks.
        if (!w.HasStarted) w.Header.Set("Content-Length", Encoding.UTF8.GetByteCount(text).ToString(CultureInfo.InvariantCulture));
        w.Write(text);
    }
}
