namespace Endless.Http.Pipeline;

/// <summary>Refuses requests of HTTP/1 where HTTP/2 alone is to be spoken, in a language that their client understands: it would not know what a GOAWAY is.</summary>
internal sealed class Http2OnlyHandler(IHandler inner) : IHandler
{
    private const int BadRequest = 400;

    public Task ServeHttpAsync(ResponseWriter w, Request r) => r.SharesConnection ? inner.ServeHttpAsync(w, r) : RefuseAsync(w);

    private static Task RefuseAsync(ResponseWriter w)
    {
        w.Header["Connection"] = "close";
        w.Header["Content-Type"] = "text/plain; charset=utf-8";
        w.WriteHeader(BadRequest);
        return w.WriteAsync("400 Bad Request: this address speaks HTTP/2 only\n");
    }
}
