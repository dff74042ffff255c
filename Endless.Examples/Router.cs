using System.Text.Json;
using System.Text.Json.Serialization;
using Endless.Http;

namespace Endless.Examples;

/// <summary>What a program with gin and endless looks like here: groups, middleware, values in paths, JSON, time limits, and an error of ListenAndServe that is logged.</summary>
internal static partial class Router
{
    public static void Run(string[] args)
    {
        var log = AccessLog.ToStream(Console.OpenStandardOutput());
        var mux = new ServeMux();
        mux.Use(Middleware.AccessLog(log), Middleware.Recover()); // gin.Default()

        mux.Get("/{$}", (w, r) => w.Text("Hello Gin with Endless!"));
        mux.Get("/ping", (w, r) => w.WriteJsonAsync(new Message("pong"), RouterJson.Default.Message));

        var v1 = mux.Group("/v1", Timed);
        v1.Get("/hello/{name}", (w, r) => w.WriteJsonAsync(new Message($"Hello, {r.PathValue("name")}!"), RouterJson.Default.Message));
        v1.Get("/sum/{a}/{b}", (w, r) => w.WriteJsonAsync(new Message($"{(long)r.PathInt("a") + r.PathInt("b")}"), RouterJson.Default.Message));
        v1.Post("/messages", async (w, r) => await w.WriteJsonAsync(await r.ReadJsonAsync(RouterJson.Default.Message), RouterJson.Default.Message, status: 201));

        var admin = v1.Group("/admin", Middleware.BasicAuth("admin", "sesame"));
        admin.Get("/routes", (w, r) => w.WriteJsonAsync([.. mux.Routes.Select(route => route.Pattern)], RouterJson.Default.StringArray));

        var server = EndlessServer.NewServer(args is [var addr, ..] ? addr : ":8080", mux);
        server.ReadTimeout = TimeSpan.FromSeconds(15);
        server.WriteTimeout = TimeSpan.FromSeconds(30);
        server.BeforeBegin = Announce.Listening;
        try
        {
            server.ListenAndServe();
        }
        catch (Exception e)
        {
            Announce.Say($"The server has failed: {e.Message}");
            throw;
        }
        finally
        {
            log.DisposeAsync().AsTask().Wait(); // the last lines
        }
    }

    /// <summary>Middleware of one's own: how long the handler took until it answered.</summary>
    private static IHandler Timed(IHandler next) => Handler.From((w, r) =>
    {
        var start = TimeProvider.System.GetTimestamp();
        w.OnStarting(() => w.Header["Server-Timing"] = FormattableString.Invariant($"app;dur={TimeProvider.System.GetElapsedTime(start).TotalMilliseconds:0.000}"));
        return next.ServeHttpAsync(w, r);
    });

    internal sealed record Message(string Text);

    [JsonSourceGenerationOptions(JsonSerializerDefaults.Web, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
    [JsonSerializable(typeof(Message))]
    [JsonSerializable(typeof(string[]))]
    private sealed partial class RouterJson : JsonSerializerContext;
}
