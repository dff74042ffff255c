using System.Text;
using Endless.Http.Testing;

namespace Endless.Http.Handlers.Tests.Middlewares;

public sealed class AuthenticationTests
{
    [Fact]
    public async Task The_right_password_gets_in_and_says_who_it_is()
    {
        var w = await AskAsync(Middleware.BasicAuth("ada", "l\u00f6ve:lace"), Basic("ada:l\u00f6ve:lace"));
        Assert.Equal("hello ada", w.Text);
        Assert.Equal("hello ada", (await AskAsync(Middleware.BasicAuth("ada", "l\u00f6ve:lace"), Basic("ada:l\u00f6ve:lace").Replace("Basic", "bASIC"))).Text);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Basic")]
    [InlineData("Basic ")]
    [InlineData("Basic !!!")]
    [InlineData("Basic YWRh")] // no colon
    [InlineData("Basic /////w==")] // no UTF-8
    [InlineData("BasicYWRhOnNlY3JldA==")]
    [InlineData("Bearer YWRhOnNlY3JldA==")]
    [InlineData("Basic YWRhOnNlY3JldA== x")]
    [InlineData("Basic YWRhOnNlY3JldAA=")] // a NUL behind it
    [InlineData("Basic YWRhOndyb25n")]
    public async Task Anything_else_is_401_with_a_challenge(string? authorization)
    {
        var w = await AskAsync(Middleware.BasicAuth("ada", "secret", "a \"b\" \\"), authorization);
        Assert.Equal(401, w.StatusCode);
        Assert.Equal("Basic realm=\"a \\\"b\\\" \\\\\", charset=\"UTF-8\"", w.SentHeader["WWW-Authenticate"]);
        Assert.Equal("Unauthorized\n", w.Text);
    }

    [Fact]
    public async Task Two_fields_and_megabytes_are_401()
    {
        var handler = Middleware.BasicAuth("ada", "secret")(Handler.From((w, r) => w.Write("in")));
        Assert.Equal(401, (await ResponseRecorder.RecordAsync(handler, new RequestBuilder("GET", "/").Header("Authorization", Basic("ada:secret")).Header("Authorization", Basic("ada:secret")).Build())).StatusCode);
        Assert.Equal(401, (await AskAsync(Middleware.BasicAuth("ada", "secret"), Basic("ada:" + new string('x', 1_000_000)))).StatusCode);
    }

    [Fact]
    public async Task A_check_may_wait()
    {
        var middleware = Middleware.BasicAuth(async (user, password) =>
        {
            await Task.Yield();
            return user == password;
        });
        Assert.Equal("hello x", (await AskAsync(middleware, Basic("x:x"))).Text);
        Assert.Equal(401, (await AskAsync(middleware, Basic("x:y"))).StatusCode);
    }

    [Theory]
    [InlineData("a\r\nX: y")]
    [InlineData("\u00e4")]
    public void A_realm_that_is_no_text_is_refused(string realm)
    {
        Assert.Throws<ArgumentException>(() => Middleware.BasicAuth("a", "b", realm));
        Assert.Throws<ArgumentException>(() => Middleware.BearerToken("token", realm));
    }

    [Fact]
    public void A_user_or_a_token_that_cannot_be_sent_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Middleware.BasicAuth("a:b", "c"));
        Assert.Throws<ArgumentException>(() => Middleware.BearerToken("a b"));
        Assert.Throws<ArgumentException>(() => Middleware.BearerToken(""));
    }

    [Fact]
    public async Task A_token_gets_in()
    {
        Assert.Equal("hello bearer", (await AskAsync(Middleware.BearerToken("s3cret-token=="), "Bearer s3cret-token==")).Text);
        var middleware = Middleware.BearerToken(async token =>
        {
            await Task.Yield();
            return token == "ada" ? "Ada" : null;
        });
        Assert.Equal("hello Ada", (await AskAsync(middleware, "bearer ada")).Text);
    }

    [Theory]
    [InlineData(null, 401, "Bearer realm=\"restricted\"")]
    [InlineData("Basic abc", 401, "Bearer realm=\"restricted\"")]
    [InlineData("Bearer other", 401, "Bearer realm=\"restricted\", error=\"invalid_token\"")]
    [InlineData("Bearer s3cre", 401, "Bearer realm=\"restricted\", error=\"invalid_token\"")]
    [InlineData("Bearer s3cret ,x", 400, "Bearer realm=\"restricted\", error=\"invalid_request\"")]
    [InlineData("Bearer \"s3cret\"", 400, "Bearer realm=\"restricted\", error=\"invalid_request\"")]
    public async Task Another_token_is_told_what_is_wrong(string? authorization, int status, string challenge)
    {
        var w = await AskAsync(Middleware.BearerToken("s3cret"), authorization);
        Assert.Equal(status, w.StatusCode);
        Assert.Equal(challenge, w.SentHeader["WWW-Authenticate"]);
    }

    private static string Basic(string text) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static Task<ResponseRecorder> AskAsync(MiddlewareFunc middleware, string? authorization)
    {
        var request = new RequestBuilder("GET", "/");
        if (authorization is not null) request.Header("Authorization", authorization);
        return ResponseRecorder.RecordAsync(middleware(Handler.From((w, r) => w.Write($"hello {r.Values["user"]}"))), request.Build());
    }
}
