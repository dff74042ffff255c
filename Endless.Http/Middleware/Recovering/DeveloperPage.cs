using System.Net;
using System.Text;
using Endless.Http.Semantics;

namespace Endless.Http;

/// <summary>What went wrong, for the developer at this machine.</summary>
/// <remarks>Cross-site scripting: everything but the page's own text is escaped, and its policy lets no script run. It shows no header fields, since these hold cookies and tokens, which a screenshot would give away.</remarks>
internal static class DeveloperPage
{
    public static Task WriteAsync(ResponseWriter w, Request r, ProblemDetails problem, Exception failure)
    {
        w.StatusCode = problem.Status;
        foreach (var name in Rejection.FieldsOfBody) w.Header.Remove(name);
        w.Header.Set("Content-Type", "text/html; charset=utf-8");
        w.Header.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
        w.Header.Set("X-Content-Type-Options", "nosniff");
        w.Header.Set("Cache-Control", "no-store");
        var page = new StringBuilder("<!doctype html><meta charset=utf-8><title>");
        Escape(page, failure.GetType().Name);
        page.Append("</title><style>body{font:16px sans-serif;margin:2em;color-scheme:light dark}pre{overflow:auto;font-size:13px}</style><h1>");
        Escape(page, failure.GetType().FullName ?? failure.GetType().Name);
        page.Append("</h1><p><strong>");
        Escape(page, failure.Message);
        page.Append("</strong><p>");
        Escape(page, $"{r.LoggedMethod} {r.LoggedPath}{(r.Pattern.Length > 0 ? $", route {r.Pattern}" : "")}{(r.FindValue(RequestIds.Key) is string id ? $", request {id}" : "")}");
        page.Append("<pre>");
        Escape(page, failure.ToString());
        page.Append("</pre><p>Only clients on this machine see this page (DOTNET_ENVIRONMENT=Development, or RecoverOptions.ShowDetails).\n");
        return w.WriteAsync(page.ToString());
    }

    private static void Escape(StringBuilder page, string text) => page.Append(WebUtility.HtmlEncode(text));
}
