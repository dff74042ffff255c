using System.Net.Sockets;
using System.Text;
using Endless.Http.Load;
using Endless.Http.Testing;

namespace Endless.Http.Handlers.Tests.Streams;

public sealed class EarlyHintsTests
{
    private static readonly IHandler Hinting = Handler.From((w, r) =>
    {
        w.EarlyHints("</style.css>; rel=preload; as=style", "</app.js>; rel=preload; as=script");
        w.Write("page");
    });

    [Fact]
    public async Task Links_go_before_the_response_and_with_it()
    {
        const string links = "Link: </style.css>; rel=preload; as=style\r\nLink: </app.js>; rel=preload; as=script\r\n";
        var text = await AskAsync("HTTP/1.1");
        Assert.StartsWith($"HTTP/1.1 103 Early Hints\r\n{links}\r\nHTTP/1.1 200 OK\r\n", text);
        Assert.Contains(links, text[(text.IndexOf("200 OK", StringComparison.Ordinal))..]);
        Assert.EndsWith("page", text);
    }

    [Fact]
    public async Task A_client_of_HTTP_1_0_gets_the_response_alone() => Assert.StartsWith("HTTP/1.1 200 OK\r\n", await AskAsync("HTTP/1.0"));

    [Fact]
    public async Task Over_HTTP_2_the_response_follows()
    {
        await using var server = await TestServer.StartAsync(Hinting);
        using var client = server.CreateClient(System.Net.HttpVersion.Version20);
        using var response = await client.GetAsync("/").WaitAsync(Deadline.Default);
        Assert.Equal(2, response.Headers.GetValues("Link").Count());
        Assert.Equal("page", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData]
    [InlineData("/style.css")]
    [InlineData("<unended")]
    [InlineData("<a>\r\nX: y")]
    public async Task What_is_no_link_is_refused(params string[] links) =>
        await ResponseRecorder.RecordAsync(Handler.From((w, r) => Assert.ThrowsAny<ArgumentException>(() => w.EarlyHints(links))), new RequestBuilder("GET", "/").Build());

    [Fact]
    public async Task They_come_before_the_response_or_not_at_all() =>
        await ResponseRecorder.RecordAsync(Handler.From((w, r) =>
        {
            w.Write("page");
            Assert.Throws<InvalidOperationException>(() => w.EarlyHints("<a>"));
        }), new RequestBuilder("GET", "/").Build());

    private static async Task<string> AskAsync(string version)
    {
        await using var server = await TestServer.StartAsync(Hinting);
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", server.Url.Port).WaitAsync(Deadline.Default);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET / {version}\r\nHost: a\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
        return await reader.ReadToEndAsync().WaitAsync(Deadline.Default);
    }
}
