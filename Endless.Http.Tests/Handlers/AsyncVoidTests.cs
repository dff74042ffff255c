namespace Endless.Http.Tests.Handlers;

/// <summary>A handler that has returned at its first await is refused where it is registered.</summary>
public sealed class AsyncVoidTests
{
    [Fact]
    public void An_async_void_handler_is_refused()
    {
        HandlerFunc lambda = async (w, _) => await w.WriteAsync("late");
        var message = Assert.Throws<ArgumentException>("handler", () => Handler.From(lambda)).Message;
        Assert.Contains("AsyncHandlerFunc handler = async (w, r) =>", message);
        Assert.Throws<ArgumentException>("handler", () => Handler.From(new HandlerFunc(HandleAsync)));
        Assert.Throws<ArgumentException>("handler", () => Handler.From((HandlerFunc)Handle + HandleAsync));
        Assert.Throws<ArgumentException>("handler", () => new ServeMux().HandleFunc("/", lambda));
        Assert.Throws<ArgumentException>("handler", () => EndlessServer.NewServer("127.0.0.1:0", lambda));
    }

    [Fact]
    public void Handlers_that_are_done_when_they_return_are_taken()
    {
        Handler.From(Handle);
        Handler.From((w, _) => w.Write("x"));
        Handler.From(async (w, _) => await w.WriteAsync("x"));
        Handler.From((AsyncHandlerFunc)((w, _) => w.WriteAsync("x")));
    }

    private static void Handle(ResponseWriter w, Request r) => w.Write("x");

    private static async void HandleAsync(ResponseWriter w, Request r) => await w.WriteAsync("late");
}
