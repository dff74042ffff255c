using System.Globalization;

namespace Endless.Http.RestartApp;

/// <summary>Counts a client's requests in its session: <c>/visits/cookie</c> in its cookie, <c>/visits/memory</c> here.</summary>
internal sealed class Visits
{
    private readonly Lazy<IHandler> _inCookie = new(() => Around(store: null));
    private readonly Lazy<IHandler> _inMemory = new(() => Around(new MemorySessionStore()));

    public Task AnswerAsync(ResponseWriter w, Request r) => (r.Path == "/visits/memory" ? _inMemory : _inCookie).Value.ServeHttpAsync(w, r);

    private static IHandler Around(ISessionStore? store) => Middleware.Sessions(new SessionOptions { Store = store })(Handler.From((w, r) =>
    {
        var count = int.Parse(r.Session()["count"] ?? "0", CultureInfo.InvariantCulture) + 1;
        r.Session()["count"] = count.ToString(CultureInfo.InvariantCulture);
        w.Write($"visit {count} pid {Environment.ProcessId}");
    }));
}
