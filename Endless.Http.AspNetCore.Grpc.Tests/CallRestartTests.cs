using System.Collections.Concurrent;
using Endless.Http.AspNetCore.LiveApp.Calls;
using Endless.Http.AspNetCore.Tests;
using Endless.Http.Load;
using Endless.Http.Tests.Processes;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Configuration;
using Microsoft.Extensions.Logging;

namespace Endless.Http.AspNetCore.Grpc.Tests;

/// <summary>A service whose process is restarted, and its clients.</summary>
public sealed class CallRestartTests
{
    private static readonly string Program = ProgramFile.Of("Endless.Http.AspNetCore.LiveApp");

    [Theory, InlineData("http"), InlineData("https")]
    public async Task Unary_calls_through_restarts_all_succeed(string scheme)
    {
        using var certificate = new SelfSignedFiles();
        await using var server = await StartAsync(scheme, certificate);
        var url = $"{scheme}://{server.EndPoint}";
        await using var plain = new Callers(url, retry: null);
        await using var retrying = new Callers(url, new RetryPolicy
        {
            MaxAttempts = 4,
            InitialBackoff = TimeSpan.FromMilliseconds(20),
            MaxBackoff = TimeSpan.FromSeconds(1),
            BackoffMultiplier = 2,
            RetryableStatusCodes = { StatusCode.Unavailable },
        });
        for (var restart = 0; restart < Restarts.Count; restart++)
        {
            var old = server.Pid;
            var pid = await server.RestartAsync();
            await server.GoneAsync(old);
            await plain.AnsweredByAsync(pid);
            await retrying.AnsweredByAsync(pid);
        }
        await plain.EndAsync();
        await retrying.EndAsync();
        Assert.Empty(retrying.Failures);
        // What no policy repeats: the client's HTTP/2 itself takes a call that a GOAWAY has not let in to the next connection.
        Assert.Empty(plain.Failures);
        Assert.True(retrying.Attempts == 0, $"{retrying.Attempts} calls were repeated:\n{string.Join('\n', retrying.Log)}");
        await server.StopAsync();
    }

    [Fact]
    public async Task A_stream_ends_with_UNAVAILABLE_and_begins_again_at_the_next_process()
    {
        using var certificate = new SelfSignedFiles();
        await using var server = await StartAsync("http", certificate);
        using var channel = CallHost.OpenChannel(server.Url);
        var client = new Calls.CallsClient(channel);
        using var download = client.Download(new Amount { Number = -1 });
        using var duplex = client.Duplex();
        await BeginAsync(download, duplex);

        var pid = await server.RestartAsync();
        foreach (var stream in (IAsyncStreamReader<Answer>[])[download.ResponseStream, duplex.ResponseStream])
        {
            var failure = await Assert.ThrowsAsync<RpcException>(() => ReadToEndAsync(stream)).WaitAsync(Deadline.Default);
            Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
        }
        using var again = client.Download(new Amount { Number = 1 });
        Assert.True(await again.ResponseStream.MoveNext().WaitAsync(Deadline.Default));
        Assert.Equal(pid, again.ResponseStream.Current.Pid);
        Assert.False(await again.ResponseStream.MoveNext().WaitAsync(Deadline.Default));
        await server.StopAsync();
    }

    /// <summary>What nobody ends is cut when the time to drain is over: streams that were answered, and calls that have no answer so far.</summary>
    [Theory, InlineData("http"), InlineData("https")]
    public async Task A_call_that_is_cut_at_hammer_time_ends_with_UNAVAILABLE(string scheme)
    {
        using var certificate = new SelfSignedFiles();
        await using var server = await StartAsync(scheme, certificate, "--EndsStreams=false", "--shutdownTimeoutSeconds=1");
        using var channel = CallHost.OpenChannel($"{scheme}://{server.EndPoint}");
        var client = new Calls.CallsClient(channel);
        using var download = client.Download(new Amount { Number = -1 });
        using var duplex = client.Duplex();
        await BeginAsync(download, duplex);
        using var upload = client.Upload();
        await upload.RequestStream.WriteAsync(new Message { Text = "first" });
        using var wait = client.WaitAsync(new Message { Text = "cut" });
        await client.UnaryAsync(new Message()); // behind the others on the one connection

        var pid = await server.RestartAsync();
        foreach (var call in (Func<Task>[])[() => ReadToEndAsync(download.ResponseStream), () => ReadToEndAsync(duplex.ResponseStream), () => upload.ResponseAsync, () => wait.ResponseAsync])
        {
            var failure = await Assert.ThrowsAsync<RpcException>(call).WaitAsync(Deadline.Default);
            Assert.True(failure.StatusCode == StatusCode.Unavailable, failure.ToString());
        }
        Assert.Equal(pid, (await client.UnaryAsync(new Message())).Pid);
        await server.StopAsync();
    }

    /// <summary>Both are under way, with an answer each.</summary>
    private static async Task BeginAsync(AsyncServerStreamingCall<Answer> download, AsyncDuplexStreamingCall<Message, Answer> duplex)
    {
        Assert.True(await download.ResponseStream.MoveNext().WaitAsync(Deadline.Default));
        await duplex.RequestStream.WriteAsync(new Message { Text = "first" });
        Assert.True(await duplex.ResponseStream.MoveNext().WaitAsync(Deadline.Default));
    }

    private static async Task ReadToEndAsync(IAsyncStreamReader<Answer> stream)
    {
        while (await stream.MoveNext()) { }
    }

    private static Task<ServerProcess> StartAsync(string scheme, SelfSignedFiles certificate, params string[] settings) => ServerProcess.StartAsync(Program,
    [
        "--Endless:Restart:Probation=00:00:00.3", $"--Endless:Endpoints:Calls:Url={scheme}://127.0.0.1:0", "--Endless:Endpoints:Calls:Protocols=Http2", .. settings,
        .. scheme == "https" ? (string[])[$"--Endless:Endpoints:Calls:Certificate:Path={certificate.Names[0]}", $"--Endless:Endpoints:Calls:Certificate:KeyPath={certificate.Names[1]}"] : [],
    ]);

    /// <summary>Clients that call without a pause: two channels, eight calls at a time on each.</summary>
    private sealed class Callers : IAsyncDisposable
    {
        private readonly CancellationTokenSource _enough = new();
        private readonly List<GrpcChannel> _channels = [];
        private readonly Task _calling;
        private int _attempts;
        private int _pid;

        public Callers(string url, RetryPolicy? retry)
        {
            var configuration = new ServiceConfig();
            if (retry is not null) configuration.MethodConfigs.Add(new MethodConfig { Names = { MethodName.Default }, RetryPolicy = retry });
            for (var i = 0; i < 2; i++)
            {
                _channels.Add(CallHost.OpenChannel(url, options =>
                {
                    options.ServiceConfig = configuration;
                    options.LoggerFactory = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Information).AddProvider(new CallLog(Log)));
                }));
            }
            _calling = Task.WhenAll(_channels.SelectMany(channel => Enumerable.Range(0, 8).Select(_ => Task.Run(() => CallAsync(new Calls.CallsClient(channel))))));
        }

        /// <summary>Calls that their users saw fail.</summary>
        public ConcurrentQueue<string> Failures { get; } = [];

        /// <summary>What the client says of calls that failed, those that it repeated among them.</summary>
        public ConcurrentQueue<string> Log { get; } = [];

        /// <summary>Attempts beyond the first.</summary>
        public int Attempts => _attempts;

        public Task AnsweredByAsync(int pid) => Deadline.UntilAsync(() => Volatile.Read(ref _pid) == pid, $"process {pid} answers");

        public async Task EndAsync()
        {
            await _enough.CancelAsync();
            await _calling.WaitAsync(Deadline.Default);
        }

        public async ValueTask DisposeAsync()
        {
            await EndAsync();
            _channels.ForEach(channel => channel.Dispose());
            _enough.Dispose();
        }

        private async Task CallAsync(Calls.CallsClient client)
        {
            while (!_enough.IsCancellationRequested)
            {
                try
                {
                    var answer = await client.UnaryAsync(new Message { Text = "again" });
                    Volatile.Write(ref _pid, answer.Pid);
                    if (answer.Attempts > 0) Interlocked.Add(ref _attempts, answer.Attempts);
                }
                catch (RpcException failure)
                {
                    Failures.Enqueue(failure.ToString());
                }
            }
        }
    }

    private sealed class CallLog(ConcurrentQueue<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose() { }
    }
}
