using System.Net;
using Endless.Http.Load;
using Endless.Http.Testing;

namespace Endless.Http.Tests.Server;

/// <summary>SetReadDeadline and SetWriteDeadline: of one request, in the place of the server's timeouts, over both protocols.</summary>
public sealed class RequestDeadlineTests : IDisposable
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(200);

    private readonly TaskCompletionSource<Exception?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ServerFixture? _server;
    private HttpClient? _client;

    public static TheoryData<string> Versions => ["1.1", "2.0"];

    public void Dispose()
    {
        _client?.Dispose();
        _server?.Dispose();
    }

    private Task<Exception?> Ended => _ended.Task.WaitAsync(Deadline.Default);

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_read_deadline_ends_a_body_that_does_not_come(string version)
    {
        await StartAsync(version, async (w, r) =>
        {
            w.SetReadDeadline(Short);
            _ended.SetResult(await Record.ExceptionAsync(() => r.ReadBodyAsync()));
        });
        var sending = SendAsync(new NeverContent(_ended.Task));
        Assert.Equal(408, Assert.IsType<RequestBodyException>(await Ended).StatusCode);
        await Record.ExceptionAsync(() => sending);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_lifted_read_deadline_is_for_that_request_alone(string version)
    {
        await StartAsync(version, async (w, r) =>
        {
            if (r.Path == "/slow") w.SetReadDeadline(Timeout.InfiniteTimeSpan);
            var failure = await Record.ExceptionAsync(() => r.ReadBodyAsync());
            if (r.Path != "/slow") _ended.TrySetResult(failure);
            w.Write(failure is null ? "all" : "not all");
        }, server => server.ReadTimeout = Short);
        Assert.Equal("all", await (await SendAsync(new SlowContent(), "/slow")).Content.ReadAsStringAsync());
        // Where the machine is slow the time is over before the handler is called: then once more.
        while (!_ended.Task.IsCompleted) await Record.ExceptionAsync(() => SendAsync(new NeverContent(_ended.Task)).WaitAsync(Deadline.Default));
        Assert.Equal(408, Assert.IsType<RequestBodyException>(await Ended).StatusCode);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_write_deadline_ends_a_response_that_nobody_takes(string version)
    {
        await StartAsync(version, async (w, r) =>
        {
            w.SetWriteDeadline(Short);
            _ended.SetResult(await Record.ExceptionAsync(() => WriteMuchAsync(w)));
        });
        using var response = await AskAsync("/");
        Assert.IsType<IOException>(await Ended);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_lifted_write_deadline_is_for_that_request_alone(string version)
    {
        var isFirst = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await StartAsync(version, async (w, r) =>
        {
            if (r.Path == "/slow") w.SetWriteDeadline(Timeout.InfiniteTimeSpan);
            var failure = await Record.ExceptionAsync(() => WriteMuchAsync(w));
            if (r.Path == "/slow") isFirst.SetResult();
            else _ended.SetResult(failure);
            if (failure is not null) throw failure;
        }, server => server.WriteTimeout = Short);
        using (var response = await AskAsync("/slow"))
        {
            await Task.Delay(3 * Short); // the time itself is what is tested
            Assert.Equal(Large, (await response.Content.ReadAsByteArrayAsync()).Length);
        }
        await isFirst.Task.WaitAsync(Deadline.Default);
        using var next = await AskAsync("/");
        Assert.IsType<IOException>(await Ended);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_deadline_of_one_request_is_not_the_next_ones(string version)
    {
        await StartAsync(version, async (w, r) =>
        {
            if (r.Path == "/set")
            {
                w.SetWriteDeadline(TimeSpan.Zero);
                return;
            }
            _ended.SetResult(await Record.ExceptionAsync(() => WriteMuchAsync(w)));
        });
        await AskAsync("/set").ContinueWith(_ => { }, TaskScheduler.Default);
        using var response = await AskAsync("/");
        Assert.Equal(Large, (await response.Content.ReadAsByteArrayAsync()).Length);
        Assert.Null(await Ended);
    }

    [Fact]
    public async Task A_time_that_is_none_and_a_writer_without_deadlines_are_refused()
    {
        var w = new ResponseRecorder();
        w.SetReadDeadline(TimeSpan.MaxValue);
        w.SetWriteDeadline(TimeSpan.Zero);
        Assert.Throws<ArgumentOutOfRangeException>(() => w.SetReadDeadline(TimeSpan.FromSeconds(-1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => w.SetWriteDeadline(TimeSpan.FromSeconds(-1)));
        await w.EndAsync();
        Assert.Throws<InvalidOperationException>(() => w.SetReadDeadline(Short));
        Assert.Throws<InvalidOperationException>(() => w.SetWriteDeadline(Short));
    }

    private const int Large = 16 * 1024 * 1024;

    private static async Task WriteMuchAsync(ResponseWriter w)
    {
        var block = new byte[64 * 1024];
        for (var i = 0; i < Large / block.Length; i++) await w.WriteAsync(block);
    }

    private async Task StartAsync(string version, AsyncHandlerFunc handler, Action<EndlessServer>? configure = null)
    {
        _server = new ServerFixture("127.0.0.1:0", Handler.From(handler));
        configure?.Invoke(_server.Server);
        await _server.StartAsync();
        _client = new HttpClient(new SocketsHttpHandler { InitialHttp2StreamWindowSize = 65_535 })
        {
            BaseAddress = new Uri($"http://{_server.Server.LocalEndPoint}"),
            DefaultRequestVersion = Version.Parse(version),
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }

    private Task<HttpResponseMessage> SendAsync(HttpContent content, string path = "/") => _client!.PostAsync(path, content).WaitAsync(Deadline.Default);

    private Task<HttpResponseMessage> AskAsync(string path) => _client!.GetAsync(path, HttpCompletionOption.ResponseHeadersRead).WaitAsync(Deadline.Default);

    /// <summary>A body of which nothing more comes after its first bytes, until its handler has given it up.</summary>
    private sealed class NeverContent(Task until) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(new byte[10]);
            await stream.FlushAsync();
            await until;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 100;
            return true;
        }
    }

    /// <summary>A body that takes longer than the server's timeout.</summary>
    private sealed class SlowContent : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            for (var i = 0; i < 4; i++)
            {
                await stream.WriteAsync(new byte[10]);
                await stream.FlushAsync();
                await Task.Delay(Short); // the time itself is what is tested
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 40;
            return true;
        }
    }
}
