using Endless.Http;

namespace Endless.Examples;

/// <summary>How long a client may take, where the defaults are too patient: 30 s for a header section, 130 s between two requests, 240 bytes a second for a body.</summary>
internal static class Timeouts
{
    public static void Run(string[] args)
    {
        var server = EndlessServer.NewServer(args is [var addr, ..] ? addr : ":8080", (w, r) => w.Write("In good time"));
        server.BeforeBegin = Announce.Listening;

        server.ReadHeaderTimeout = TimeSpan.FromSeconds(5); // a request's header section
        server.ReadTimeout = TimeSpan.FromSeconds(15);      // the whole request
        server.WriteTimeout = TimeSpan.FromSeconds(30);     // from there to the end of the response
        server.MinResponseRate = 1_000;                     // bytes a second of a response, while the client is waited for
        server.IdleTimeout = TimeSpan.FromMinutes(2);       // between two requests
        server.HammerTime = TimeSpan.FromSeconds(20);       // all that is under way, once the server stops

        server.ListenAndServe();
    }
}
