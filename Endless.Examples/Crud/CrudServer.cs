using Endless.Http;

namespace Endless.Examples.Crud;

/// <summary>A whole service in 45 lines, its store aside: JSON, cookies and a login, multipart, files with a fallback page, gzip, CORS, access log, rate limit, WebSocket, reverse proxy.</summary>
internal static class CrudServer
{
    public static void Run(string[] args)
    {
        var changes = new Hub<Article>();
        var store = new CrudStore(args is [_, var file, ..] ? file : "crud.db", article => changes.Publish(article));
        var mux = new ServeMux();
        mux.Use(Middleware.AccessLog(AccessLog.ToStream(Console.OpenStandardOutput())), Middleware.RateLimit(new RateLimitOptions { Permits = 60, Burst = 100 }),
            Middleware.Recover(new() { Map = e => e is KeyNotFoundException ? new ProblemDetails(404, e.Message) : null }), Middleware.Compress(),
            Middleware.Cors(new() { Origins = { "https://app.example" } }), Middleware.CrossOriginProtection(), Middleware.Sessions(new() { Cookie = new("session", "") { Secure = false } }));
        mux.Post("/login", (w, r) =>
        {
            r.Session()["user"] = store.LogIn(r.FormValue("name"), r.FormValue("password")) ?? throw new HttpErrorException(401, "Name or password is wrong.");
            r.Session().Renew(); // session fixation
        });
        mux.Post("/logout", (w, r) => r.Session().Clear());
        mux.Get("/api/articles", (w, r) => w.WriteJsonAsync(store.All(), CrudJson.Default.ListArticle));
        mux.Get("/api/articles/{id}", (w, r) => w.WriteJsonAsync(store.Get(r.PathLong("id")), CrudJson.Default.Article));
        mux.Get("/api/articles/{id}/picture", (w, r) => w.ServeContentAsync(r, "picture.png", null, store.GetPicture(r.PathLong("id"))));
        var edit = mux.Group("/api/articles", next => Handler.From((w, r) => r.Session()["user"] is null ? throw new HttpErrorException(401, "Log in first.") : next.ServeHttpAsync(w, r)));
        edit.Post("", async (w, r) => await w.WriteJsonAsync(store.Add(await r.ReadJsonAsync(CrudJson.Default.Article)), CrudJson.Default.Article, status: 201));
        edit.Put("/{id}", async (w, r) => store.Replace(await r.ReadJsonAsync(CrudJson.Default.Article) with { Id = r.PathLong("id") }));
        edit.Delete("/{id}", (w, r) => store.Remove(r.PathLong("id")));
        edit.Post("/{id}/picture", async (w, r) => store.SetPicture(r.PathLong("id"),
            (await r.ReadFormAsync(new FormOptions { MaxBytes = 1 << 20 })).File("picture")?.OpenReadStream() ?? throw new HttpErrorException(400, "There is no picture.")));
        mux.Get("/live", async (w, r) =>
        {
            await using var socket = await WebSocket.AcceptAsync(w, r);
            if (socket is null) return;
            using var subscription = changes.Subscribe();
            _ = Task.Run(async () => { while (await socket.ReceiveAsync() is not null) continue; subscription.Dispose(); });
            await foreach (var article in subscription.Messages()) await socket.SendJsonAsync(article, CrudJson.Default.Article);
        });
        mux.Handle("/old/", new ReverseProxy(args is [_, _, var backend, ..] ? backend : "http://127.0.0.1:9000"));
        mux.Handle("/", new FileServer(new EmbeddedFiles(typeof(CrudServer).Assembly, "Crud/wwwroot")) { Fallback = "/index.html" });
        var server = EndlessServer.NewServer(args is [var addr, ..] ? addr : ":8080", mux);
        server.BeforeBegin = Announce.Listening;
        server.ListenAndServe();
    }
}
