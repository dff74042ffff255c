using System.Globalization;
using Endless.Http.AspNetCore.LiveApp.Calls;
using Endless.Http.Load;
using Google.Protobuf;
using Grpc.Core;

namespace Endless.Http.AspNetCore.Grpc.Tests;

/// <summary>The four kinds of call, and messages of all sizes.</summary>
public sealed class CallTests
{
    private const int Large = 4 * 1024 * 1024;

    [Theory, ClassData(typeof(ServersAndSchemes))]
    public async Task A_unary_call_is_answered_with_headers_and_trailers(string server, string scheme)
    {
        await using var host = await CallHost.StartAsync(server, scheme);
        using var call = host.Client.UnaryAsync(new Message { Text = "hello" }, new Metadata { { "echo-text", "a value" }, { "echo-data-bin", [0, 128, 255] } });
        Assert.Equal(Environment.ProcessId.ToString(CultureInfo.InvariantCulture), (await call.ResponseHeadersAsync).GetValue("pid"));
        Assert.Equal("hello", (await call).Text);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
        Assert.Equal("a value", call.GetTrailers().GetValue("echo-text"));
        Assert.Equal([0, 128, 255], call.GetTrailers().GetValueBytes("echo-data-bin"));
    }

    [Theory, ClassData(typeof(ServersAndSchemes))]
    public async Task A_client_streams(string server, string scheme)
    {
        await using var host = await CallHost.StartAsync(server, scheme);
        using var call = host.Client.Upload();
        for (var i = 0; i < 100; i++) await call.RequestStream.WriteAsync(new Message { Text = "0123456789" });
        await call.RequestStream.CompleteAsync();
        Assert.Equal("100 1000", (await call).Text);
    }

    [Theory, ClassData(typeof(ServersAndSchemes))]
    public async Task A_server_streams(string server, string scheme)
    {
        await using var host = await CallHost.StartAsync(server, scheme);
        using var call = host.Client.Download(new Amount { Number = 1000 });
        Assert.Equal(Enumerable.Range(0, 1000), await call.ResponseStream.ReadAllAsync().Select(answer => int.Parse(answer.Text, CultureInfo.InvariantCulture)).ToListAsync());
    }

    [Theory, ClassData(typeof(ServersAndSchemes))]
    public async Task Both_stream_and_each_message_is_there_before_the_next_is_sent(string server, string scheme)
    {
        await using var host = await CallHost.StartAsync(server, scheme);
        using var call = host.Client.Duplex();
        for (var i = 0; i < 50; i++)
        {
            await call.RequestStream.WriteAsync(new Message { Text = $"message {i}" });
            Assert.True(await call.ResponseStream.MoveNext().WaitAsync(Deadline.Default));
            Assert.Equal($"message {i}", call.ResponseStream.Current.Text);
        }
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Theory, ClassData(typeof(ServersAndSchemes))]
    public async Task Messages_of_4_MiB_go_both_ways(string server, string scheme)
    {
        await using var host = await CallHost.StartAsync(server, scheme);
        var data = Bytes(Large);
        Assert.Equal(data, (await host.Client.UnaryAsync(new Message { Data = data })).Data);
        using var call = host.Client.Duplex();
        for (var i = 0; i < 3; i++)
        {
            await call.RequestStream.WriteAsync(new Message { Data = data });
            Assert.True(await call.ResponseStream.MoveNext().WaitAsync(Deadline.Default));
            Assert.Equal(data, call.ResponseStream.Current.Data);
        }
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
    }

    [Theory, ClassData(typeof(ServersAndSchemes))]
    public async Task Compressed_messages_go_both_ways(string server, string scheme)
    {
        await using var host = await CallHost.StartAsync(server, scheme);
        var encodings = new List<string>();
        using var channel = CallHost.OpenChannel(host.Url, options => options.HttpHandler = new EncodingWatch(options.HttpHandler!, encodings));
        var text = new string('x', 100_000);
        var answer = await new Calls.CallsClient(channel).UnaryAsync(new Message { Text = text }, new Metadata { { "grpc-internal-encoding-request", "gzip" } });
        Assert.Equal(text, answer.Text);
        Assert.Equal(["gzip", "gzip"], encodings);
    }

    [Theory, ClassData(typeof(ServersAndSchemes))]
    public async Task Hundreds_of_calls_at_once_share_a_connection(string server, string scheme)
    {
        await using var host = await CallHost.StartAsync(server, scheme);
        var unary = Enumerable.Range(0, 300).Select(async i => Assert.Equal($"{i}", (await host.Client.UnaryAsync(new Message { Text = $"{i}" })).Text));
        var streams = Enumerable.Range(0, 50).Select(async i =>
        {
            using var call = host.Client.Download(new Amount { Number = 100 });
            Assert.Equal(100, await call.ResponseStream.ReadAllAsync().CountAsync());
        });
        await Task.WhenAll([.. unary, .. streams]).WaitAsync(Deadline.Default);
    }

    /// <summary>Takes note of what a message is compressed with, there and back.</summary>
    private sealed class EncodingWatch(HttpMessageHandler inner, List<string> encodings) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            encodings.AddRange(request.Headers.GetValues("grpc-encoding"));
            var response = await base.SendAsync(request, cancellationToken);
            encodings.AddRange(response.Headers.GetValues("grpc-encoding"));
            return response;
        }
    }

    private static ByteString Bytes(int length)
    {
        var bytes = new byte[length];
        new Random(19).NextBytes(bytes);
        return ByteString.CopyFrom(bytes);
    }
}
