using Endless.Http;

namespace Endless.Examples;

/// <summary>The smallest server. Restart it while somebody loads it: nobody will notice.</summary>
internal static class Hello
{
    public static void Run(string[] args)
    {
        var server = EndlessServer.NewServer(args is [var addr, ..] ? addr : ":8080", (w, r) => w.Write("Hello Zero-Downtime!"));
        server.BeforeBegin = Announce.Listening;
        server.ListenAndServe();
    }
}
