namespace Endless.Http;

/// <summary>Interim responses with which a page's parts begin to load while the page is still being made (RFC 8297).</summary>
public static class EarlyHintsExtensions
{
    /// <summary>
    /// Sends 103 (Early Hints) with Link fields, at once; they are in the response too, as RFC 8297 wants it. What else is in the header by then is sent with it. Nothing is sent to a client that speaks HTTP/1.0.
    /// Go's way is <c>w.WriteHeader(http.StatusEarlyHints)</c>.
    /// </summary>
    /// <param name="w">The response.</param>
    /// <param name="links">Values of Link (RFC 8288): <c>&lt;/style.css&gt;; rel=preload; as=style</c>. At least one.</param>
    /// <exception cref="ArgumentException">There is none, or one does not begin with a target in angle brackets, or no field can have it as its value.</exception>
    /// <exception cref="InvalidOperationException">The head of the response is fixed already.</exception>
    /// <remarks>Some clients of HTTP/1.1 take an interim response for the response. Browsers act on it over HTTP/2 only.</remarks>
    public static void EarlyHints(this ResponseWriter w, params ReadOnlySpan<string> links)
    {
        ArgumentNullException.ThrowIfNull(w);
        if (links.IsEmpty) throw new ArgumentException("An early hint needs a link.", nameof(links));
        foreach (var link in links)
            if (link is null || !link.StartsWith('<') || !link.Contains('>')) throw new ArgumentException($"\"{link}\" is no link: </style.css>; rel=preload; as=style is one (RFC 8288 section 3).", nameof(links));
        if (w.HasStarted) throw new InvalidOperationException("An early hint comes before the response, and its head is fixed already.");
        foreach (var link in links) w.Header.Add("Link", link);
        w.WriteHeader(103);
    }
}
