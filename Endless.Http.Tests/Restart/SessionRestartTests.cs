namespace Endless.Http.Tests.Restart;

/// <summary>A restart logs nobody out: the keys of cookies, and the sessions that are kept in memory, go to the next generation, and from there to the one after.</summary>
public sealed class SessionRestartTests
{
    [Theory]
    [InlineData("/visits/cookie")]
    [InlineData("/visits/memory")]
    public async Task A_session_goes_on_over_restarts(string path)
    {
        await using var app = await RestartApp.StartAsync("serve 127.0.0.1:0");
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false, PooledConnectionLifetime = TimeSpan.Zero });
        string? cookie = null;
        Assert.Equal($"visit 1 pid {app.Pid}", await VisitAsync());
        Assert.Equal($"visit 2 pid {app.Pid}", await VisitAsync());
        var pid = await app.RestartAsync();
        Assert.Equal($"visit 3 pid {pid}", await VisitAsync());
        Assert.Equal($"visit 4 pid {pid}", await VisitAsync());
        pid = await app.RestartAsync();
        Assert.Equal($"visit 5 pid {pid}", await VisitAsync());

        async Task<string> VisitAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{app.Server.Addresses[0]}{path}");
            if (cookie is not null) request.Headers.Add("Cookie", cookie);
            using var response = await client.SendAsync(request);
            if (response.Headers.TryGetValues("Set-Cookie", out var set)) cookie = set.Single().Split(';')[0];
            return await response.Content.ReadAsStringAsync();
        }
    }
}
