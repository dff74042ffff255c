using Endless.Http.Testing;

namespace Endless.Http.Handlers.Tests.Middlewares;

public sealed class ChainTests
{
    [Fact]
    public async Task The_first_is_the_outermost()
    {
        var handler = Middleware.Chain(Around("a"), Around("b"))(Handler.From((w, r) => w.Write("x")));
        var w = await ResponseRecorder.RecordAsync(handler, new RequestBuilder("GET", "/").Build());
        Assert.Equal("a(b(x))", w.Text);
    }

    [Fact]
    public void One_that_returns_no_handler_is_refused() =>
        Assert.Throws<InvalidOperationException>(() => Middleware.Chain(next => null!)(Handler.From((w, r) => { })));

    private static MiddlewareFunc Around(string name) => next => Handler.From(async (w, r) =>
    {
        await w.WriteAsync(name + "(");
        await next.ServeHttpAsync(w, r);
        await w.WriteAsync(")");
    });
}
