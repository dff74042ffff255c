using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Endless.Http.AspNetCore.Tests.Peers;

/// <summary>What an application meets that goes on reading, or was reading, when its request is aborted.</summary>
public sealed class AbortTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly (string Name, Func<HttpRequest, Task> Read)[] Reads =
    [
        ("ReadAsync", static request => request.Body.ReadAsync(new byte[1]).AsTask()),
        ("ReadAsync into nothing", static request => request.Body.ReadAsync(Memory<byte>.Empty).AsTask()),
        ("CopyToAsync", static request => request.Body.CopyToAsync(Stream.Null)),
        ("the reader's ReadAsync", static request => request.BodyReader.ReadAsync().AsTask()),
        ("the reader's TryRead", static request => Task.FromResult(request.BodyReader.TryRead(out _))),
        ("the reader's CopyToAsync", static request => request.BodyReader.CopyToAsync(Stream.Null)),
    ];

    private static readonly Explanation[] Explanations =
    [
        .. CommonExplanations.All,
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Reads_of_an_aborted_request_end_alike(int version) => Explanation.AssertAll(await BehaviourHost.CompareAsync([.. Reads.SelectMany(static read => Cases(read.Name, read.Read))], version), Explanations);

    private static IEnumerable<BehaviourCase> Cases(string name, Func<HttpRequest, Task> read)
    {
        yield return Upload($"Abort and {name}", (context, notes) =>
        {
            context.Abort();
            return notes.TryAsync("read", () => read(context.Request).WaitAsync(Patience));
        });
        yield return Upload($"Abort that was told of and {name}", async (context, notes) =>
        {
            var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var registration = context.RequestAborted.Register(told.SetResult);
            context.Abort();
            await told.Task.WaitAsync(Patience);
            await notes.TryAsync("read", () => read(context.Request).WaitAsync(Patience));
            await notes.TryAsync("again", () => read(context.Request).WaitAsync(Patience));
        });
        yield return Upload($"a read, Abort and {name}", async (context, notes) =>
        {
            notes.Add("first", await context.Request.Body.ReadAtLeastAsync(new byte[5], 5));
            context.Abort();
            await notes.TryAsync("read", () => read(context.Request).WaitAsync(Patience));
        });
        if (!name.Contains("TryRead", StringComparison.Ordinal))
        {
            yield return Upload($"Abort within {name}", async (context, notes) =>
            {
                notes.Add("first", await context.Request.Body.ReadAtLeastAsync(new byte[100], 100));
                // Nothing else is to end the read.
                if (context.Request.Protocol == HttpProtocol.Http11) context.Features.GetRequiredFeature<IHttpMinRequestBodyDataRateFeature>().MinDataRate = null;
                var pending = read(context.Request);
                notes.Add("waits", !pending.IsCompleted);
                context.Abort();
                await notes.TryAsync("read", () => pending.WaitAsync(Patience));
            });
            yield return Upload($"a reset within {name}", async (context, notes) =>
            {
                notes.Add("first", await context.Request.Body.ReadAtLeastAsync(new byte[100], 100));
                var pending = read(context.Request);
                context.Features.GetRequiredFeature<IHttpResetFeature>().Reset(8);
                await notes.TryAsync("read", () => pending.WaitAsync(Patience));
                await notes.TryAsync("again", () => read(context.Request).WaitAsync(Patience));
            }) with
            { Versions = [2] };
        }
        yield return new BehaviourCase($"Abort of a request without a body and {name}", (context, notes) =>
        {
            context.Abort();
            return notes.TryAsync("read", () => read(context.Request).WaitAsync(Patience));
        })
        { Client = static (client, path, _) => AskAsync(client, $"GET {path} HTTP/1.1\r\nHost: peer\r\n\r\n"), StreamClient = static (client, path, _) => AskAsync(client, client.Request("GET", path)) };
        yield return new BehaviourCase($"Abort of a request that was read and {name}", async (context, notes) =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            context.Abort();
            await notes.TryAsync("read", () => read(context.Request).WaitAsync(Patience));
        })
        {
            Client = static (client, path, _) => AskAsync(client, $"POST {path} HTTP/1.1\r\nHost: peer\r\nContent-Length: 5\r\n\r\nhello"),
            StreamClient = static (client, path, _) =>
            {
                var request = client.Request("POST", path);
                request.Content = new ByteArrayContent("hello"u8.ToArray());
                return AskAsync(client, request);
            },
        };
    }

    /// <summary>A request of which 100 bytes come, and no more.</summary>
    private static BehaviourCase Upload(string name, Func<HttpContext, Observation, Task> run) => new(name, run)
    {
        Client = static (client, path, _) => AskAsync(client, $"POST {path} HTTP/1.1\r\nHost: peer\r\nContent-Length: 100000\r\n\r\n{new string('x', 100)}"),
        StreamClient = static (client, path, _) =>
        {
            var request = client.Request("POST", path);
            request.Content = new Beginning();
            return AskAsync(client, request);
        },
    };

    /// <summary>Sends, and leaves it to the endpoint to say what it sees: what the client gets of an aborted request is chance.</summary>
    private static Task AskAsync(RawClient client, string request) => client.SendAsync(request);

    private static Task AskAsync(PriorKnowledgeClient client, HttpRequestMessage request)
    {
        _ = client.SendAsync(request);
        return Task.CompletedTask;
    }

    /// <summary>100 bytes that are sent, and then nothing until the request is given up.</summary>
    private sealed class Beginning : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await stream.WriteAsync(new byte[100], cancellationToken);
            await stream.FlushAsync(cancellationToken);
            var givenUp = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var registration = cancellationToken.Register(givenUp.SetCanceled);
            await givenUp.Task;
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
