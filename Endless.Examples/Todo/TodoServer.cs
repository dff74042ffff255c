using System.Globalization;
using Endless.Http;

namespace Endless.Examples.Todo;

/// <summary>
/// A list of todos for each user: a page, an API behind it, a login, live updates, SQLite. Restart it while somebody works with the page: no edit is lost, and nobody logs in again. The login is in a cookie, encrypted with keys
/// that a restart passes on; the todos are in a file that both generations write to; and the page's stream of events comes back to the next generation.
/// </summary>
internal static class TodoServer
{
    private const int MaxTextLength = 200;

    private static readonly JsonReadOptions Small = new() { MaxBytes = 4 * 1024 };

    public static void Run(string[] args)
    {
        using var store = new TodoStore(args is [_, var file, ..] ? file : "todo.db");
        var events = new TodoEvents(store);
        using var stop = new CancellationTokenSource();
        var watching = events.WatchAsync(stop.Token);

        var server = EndlessServer.NewServer(args is [var addr, ..] ? addr : ":8080", Routes(store, events));
        server.BeforeBegin = Announce.Listening;
        server.WarmUp.Add("/");
        server.ListenAndServe();

        stop.Cancel();
        watching.Wait();
    }

    private static ServeMux Routes(TodoStore store, TodoEvents events)
    {
        var mux = new ServeMux();
        mux.Use(
            Middleware.SecurityHeaders(new() { ContentSecurityPolicy = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'" }),
            Middleware.Recover(),
            Middleware.CrossOriginProtection(),
            // In the clear. Over TLS leave the cookie as it is by default: __Host-session, which no one else can read or set.
            Middleware.Sessions(new() { Cookie = new("session", "") { Secure = false }, IdleTimeout = TimeSpan.FromDays(7), MaxLifetime = TimeSpan.FromDays(90), IsPersistent = true }));

        // A login takes 0.2 s of CPU time, and passwords can be guessed.
        mux.Group("/api", Middleware.RateLimit(new RateLimitOptions { Permits = 10 })).Post("/login", async (w, r) =>
        {
            var login = await r.ReadJsonAsync(TodoJson.Default.Login, Small);
            var errors = new ValidationErrors();
            if (login.Name.Length is 0 or > 64) errors.Add("name", "has 1 to 64 characters");
            if (login.Password.Length is < 8 or > 128) errors.Add("password", "has 8 to 128 characters");
            errors.ThrowIfAny();
            var user = store.LogIn(login.Name, login.Password) ?? throw new HttpErrorException(401, "That is not the password.");
            var session = r.Session();
            session.Renew(); // session fixation
            session["user"] = user.ToString(CultureInfo.InvariantCulture);
            session["name"] = login.Name;
            await w.WriteJsonAsync(new Me(login.Name), TodoJson.Default.Me);
        });

        var api = mux.Group("/api", ForUsers);
        api.Get("/me", (w, r) => w.WriteJsonAsync(new Me(r.Session()["name"]!), TodoJson.Default.Me));
        api.Get("/events", (w, r) => events.ServeAsync(w, r, UserOf(r)));
        api.Get("/todos", (w, r) => w.WriteJsonAsync(store.Todos(UserOf(r)), TodoJson.Default.ListTodoItem));
        api.Post("/todos", async (w, r) =>
        {
            var text = Checked((await r.ReadJsonAsync(TodoJson.Default.NewTodo, Small)).Text);
            var id = store.Add(UserOf(r), text) ?? throw new HttpErrorException(409, $"There are {TodoStore.MaxTodos} todos already: remove some first.");
            events.Changed(UserOf(r));
            await w.WriteJsonAsync(new TodoItem(id, text, Done: false), TodoJson.Default.TodoItem, status: 201);
        });
        api.Patch("/todos/{id}", async (w, r) =>
        {
            var change = await r.ReadJsonAsync(TodoJson.Default.TodoChange, Small);
            if (change.Text is not null) change = change with { Text = Checked(change.Text) };
            Answer(w, r, store.Change(UserOf(r), r.PathLong("id"), change));
        });
        api.Delete("/todos/{id}", (w, r) => Answer(w, r, store.Remove(UserOf(r), r.PathLong("id"))));

        mux.Handle("/", new FileServer(new EmbeddedFiles(typeof(TodoServer).Assembly, "Todo/wwwroot")) { CacheControl = _ => "no-cache" });
        return mux;

        void Answer(ResponseWriter w, Request r, bool isThere)
        {
            if (!isThere) throw new HttpErrorException(404, "There is no such todo.");
            events.Changed(UserOf(r));
            w.WriteHeader(204);
        }
    }

    /// <summary>Lets in who has logged in.</summary>
    private static IHandler ForUsers(IHandler next) => Handler.From((w, r) =>
    {
        if (r.Session()["user"] is not { } user) throw new HttpErrorException(401, "Log in first.");
        r.Values["user"] = long.Parse(user, CultureInfo.InvariantCulture);
        return next.ServeHttpAsync(w, r);
    });

    private static long UserOf(Request r) => (long)r.Values["user"]!;

    private static string Checked(string text)
    {
        text = text.Trim();
        if (text.Length is 0 or > MaxTextLength) new ValidationErrors().Add("text", $"has 1 to {MaxTextLength} characters").ThrowIfAny();
        return text;
    }
}
