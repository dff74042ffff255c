namespace Endless.Http.Semantics;

/// <summary>Answers <c>OPTIONS *</c>, which is about the server and no resource of it (RFC 9110 section 9.3.7), before any mux. Go's globalOptionsHandler.</summary>
internal sealed class OptionsHandler : IHandler
{
    /// <summary>The one there is: it has no state.</summary>
    public static readonly OptionsHandler Instance = new();

    private OptionsHandler() { }

    public Task ServeHttpAsync(ResponseWriter w, Request r)
    {
        w.Header.Set("Content-Length", "0");
        return Task.CompletedTask;
    }
}
