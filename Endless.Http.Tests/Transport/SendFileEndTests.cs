using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Endless.Http.Load;
using Endless.Http.Tests.Http1;
using Endless.Http.Tests.Server;

namespace Endless.Http.Tests.Transport;

/// <summary>How the sending of a file ends where it does not end well, and that it holds nothing: not the file, not the connection, not the stop of the server.</summary>
public sealed class SendFileEndTests : IDisposable
{
    private const int Size = 16 * 1024 * 1024; // more than the kernel takes for a client that does not read

    private static readonly byte[] Get = "GET /file HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray();

    private readonly SentFile _file = new(Size);
    private readonly TaskCompletionSource<Exception?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ServerFixture? _server;

    public void Dispose()
    {
        _server?.Dispose();
        _file.Dispose();
    }

    private ServerFixture Server => _server!;

    private Task<Exception?> Ended => _ended.Task.WaitAsync(ServerFixture.Deadline);

    [Fact]
    public async Task A_slow_reader_gets_all_of_a_closed_handle_and_holds_no_others()
    {
        var client = await BeginAsync(closeAtOnce: true);
        var other = await Server.ConnectAsync();
        await other.SendAsync("GET /other HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
        Assert.Equal("other", (await Reader(other).ReadAsync()).Text);
        Assert.False(_ended.Task.IsCompleted);
        Assert.Equal(1, _file.Descriptors); // held, though its owner has closed it
        AssertSame((await Reader(client).ReadAsync()).Body, _file.Bytes);
        Assert.Null(await Ended);
        Assert.Equal(0, _file.Descriptors);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_that_leaves_ends_it_and_the_file_is_free(bool isChunked)
    {
        var client = await BeginAsync(isChunked: isChunked);
        client.LingerState = new LingerOption(true, 0);
        client.Dispose();
        Assert.IsType<IOException>(await Ended);
        Assert.Equal(0, _file.Descriptors);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_file_that_is_cut_off_meanwhile_ends_the_response_with_nothing_else_in_it(bool isChunked)
    {
        var client = await BeginAsync(isChunked: isChunked, swallows: true);
        _file.CutTo(Size / 2);
        var received = await Reader(client).ReadToEndAsync();
        Assert.IsType<EndOfStreamException>(await Ended);
        if (!isChunked)
        {
            var body = received.AsSpan(received.AsSpan().IndexOf("\r\n\r\n"u8) + 4);
            Assert.InRange(body.Length, 1, Size / 2);
            Assert.True(body.SequenceEqual(_file.Bytes.AsSpan(0, body.Length)));
        }
        Assert.False(received.AsSpan().EndsWith("0\r\n\r\n"u8));
        await Server.Log.WaitForAsync("could not be sent to its end");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_abort_or_a_cancel_from_another_thread_ends_it(bool cancels)
    {
        using var source = new CancellationTokenSource();
        ResponseWriter? writer = null;
        var client = await BeginAsync(cancellation: source.Token, writing: w => writer = w, swallows: true);
        if (cancels) await source.CancelAsync();
        else writer!.Abort();
        Assert.True(await Ended is OperationCanceledException == cancels, $"{await Ended}");
        var received = await Reader(client).ReadToEndAsync();
        Assert.InRange(received.Length, 1, Size);
        Assert.Equal(0, _file.Descriptors);
    }

    [Theory]
    [InlineData("write timeout")]
    [InlineData("least rate")]
    [InlineData("hammer")]
    [InlineData("close")]
    public async Task A_client_that_does_not_read_is_given_up(string by)
    {
        var client = await BeginAsync(configure: server =>
        {
            if (by == "write timeout") server.WriteTimeout = TimeSpan.FromMilliseconds(200);
            if (by == "least rate") (server.MinResponseRate, server.MinResponseRateGrace) = (100_000_000, TimeSpan.FromMilliseconds(100));
            if (by == "hammer") server.HammerTime = TimeSpan.FromMilliseconds(200);
        });
        if (by == "hammer") await Server.Server.ShutdownAsync().WaitAsync(ServerFixture.Deadline);
        if (by == "close") Server.Server.Close();
        Assert.IsType<IOException>(await Ended);
        Assert.Equal(0, _file.Descriptors);
        GC.KeepAlive(client);
    }

    [Fact]
    public async Task A_stop_waits_for_it()
    {
        var client = await BeginAsync();
        var stopping = Server.Server.ShutdownAsync();
        await Server.Log.WaitForAsync("stopped accepting; finishing 1 connection(s)");
        AssertSame((await Reader(client).ReadAsync()).Body, _file.Bytes);
        await stopping.WaitAsync(ServerFixture.Deadline);
        Assert.Null(await Ended);
    }

    [Fact]
    public async Task The_bytes_count_as_sent()
    {
        var client = await BeginAsync();
        await Reader(client).ReadAsync();
        await Ended;
        await client.SendAsync("GET /other HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8.ToArray());
        while (await client.ReceiveAsync(new byte[1000]) > 0) { }
        await Deadline.UntilAsync(() => Server.Server.Stats.BytesSent > Size, "the bytes are counted");
    }

    /// <summary>A client that has asked for the file and reads nothing yet, when the socket is full.</summary>
    private async Task<Socket> BeginAsync(bool isChunked = false, bool closeAtOnce = false, bool swallows = false, CancellationToken cancellation = default, Action<ResponseWriter>? writing = null,
        Action<EndlessServer>? configure = null)
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _server = new ServerFixture("127.0.0.1:0", Handler.From(async (w, r) =>
        {
            if (r.Path == "/other")
            {
                w.Write("other");
                return;
            }
            if (!isChunked) w.Header["Content-Length"] = $"{Size}";
            writing?.Invoke(w);
            using var handle = _file.Open();
            var sending = w.SendFileAsync(handle, 0, Size, cancellation);
            if (closeAtOnce) handle.Dispose();
            if (!sending.IsCompleted) begun.SetResult();
            var failure = await Record.ExceptionAsync(() => sending);
            handle.Dispose();
            _ended.SetResult(failure);
            if (failure is not null && !swallows) throw failure;
        }));
        configure?.Invoke(_server.Server);
        await _server.StartAsync();
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 64 * 1024 };
        await client.ConnectAsync((IPEndPoint)_server.Server.LocalEndPoint!);
        await client.SendAsync(Get);
        await begun.Task.WaitAsync(ServerFixture.Deadline);
        return client;
    }

    private static void AssertSame(byte[] actual, ReadOnlySpan<byte> expected) =>
        Assert.True(expected.SequenceEqual(actual), $"{actual.Length} bytes of {expected.Length}, of which {expected.CommonPrefixLength(actual)} agree");

    private static ResponseReader Reader(Socket client) => new(PipeReader.Create(new NetworkStream(client)));
}
