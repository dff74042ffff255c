using Endless.Http.Testing;

namespace Endless.Http.Handlers.Tests.Middlewares;

public sealed class MethodOverrideTests
{
    [Theory]
    [InlineData("POST", "/", "DELETE", "DELETE")]
    [InlineData("POST", "/", "patch", "PATCH")]
    [InlineData("POST", "/?_method=PUT", null, "PUT")]
    [InlineData("POST", "/?_method=PUT", "DELETE", "DELETE")]
    [InlineData("POST", "/?_method=PUT", "GET", "POST")]
    [InlineData("POST", "/", "GET", "POST")]
    [InlineData("POST", "/", "CONNECT", "POST")]
    [InlineData("POST", "/", "DELETE, PUT", "POST")]
    [InlineData("POST", "/", "", "POST")]
    [InlineData("POST", "/?x_method=PUT", null, "POST")]
    [InlineData("GET", "/?_method=DELETE", "DELETE", "GET")]
    [InlineData("HEAD", "/", "DELETE", "HEAD")]
    [InlineData("PUT", "/", "DELETE", "PUT")]
    public async Task Only_a_post_becomes_one_of_three_others(string method, string target, string? field, string seen)
    {
        var request = new RequestBuilder(method, target);
        if (field is not null) request.Header("X-HTTP-Method-Override", field);
        var received = "";
        await ResponseRecorder.RecordAsync(Middleware.MethodOverride()(Handler.From((w, r) => received = r.Method)), request.Build());
        Assert.Equal(seen, received);
    }
}
