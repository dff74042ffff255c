using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Endless.Http.Load;
using Endless.Http.Tests.Conformance.Corpora;
using Endless.Http.Tests.Http1;
using Endless.Http.Tests.Processes;

namespace Endless.Http.Tests.Conformance;

/// <summary>The test server as a process of its own, probed over real sockets: raw bytes in, the whole answer out.</summary>
public sealed class ProbedServer : IAsyncLifetime
{
    /// <summary>A request that shows whether the connection went on, and that nobody took it for a part of what came before it.</summary>
    private const string After = $"GET {AfterTarget} HTTP/1.1\r\nHost: a\r\n\r\n";

    private const string AfterTarget = "/target?after";

    private ServerProcess _server = null!;

    public async Task InitializeAsync() => _server = await ExampleProcess.TestServerAsync("--header-timeout", "20000");

    public async Task DisposeAsync() => await _server.DisposeAsync();

    /// <summary>
    /// Sends bytes and, behind them, a request more, half-closes, and reads to the end as a client that is as strict as RFC 9112 lets it be.
    /// </summary>
    /// <returns>
    /// The statuses of all responses, <c>100 200 400</c>, and a plus behind them if the request behind was answered as well. Without the plus the connection was
    /// closed, and the last response said so.
    /// </returns>
    public async Task<string> AnswersAsync(string bytes, bool after = true) => (await AnswerAsync(bytes, after)).ToString();

    /// <inheritdoc cref="AnswersAsync"/>
    internal async Task<Answer> AnswerAsync(string bytes, bool after = true)
    {
        var responses = await ExchangeAsync(bytes, after);
        var answer = Split(responses, after);
        foreach (var response in answer.Responses) Assert.True(response.Status < 200 || response.Has("Date"), "There is no Date.");
        if (!answer.GoesOn && after && responses.Count > 0) Assert.Equal("close", responses[^1]["Connection"]);
        return answer;
    }

    /// <summary>Sends one request and reads the response to it, whatever comes behind.</summary>
    internal async Task<Response> AskAsync(string bytes) => (await ExchangeAsync(bytes, after: false))[^1];

    /// <summary>Sends bytes, half-closes, and reads every response.</summary>
    internal async Task<List<Response>> ExchangeAsync(string bytes, bool after)
    {
        var responses = new List<Response>();
        await ExchangeAsync(_server.EndPoint, bytes, after, responses);
        return responses;
    }

    /// <summary>The same with whatever server: what came before a reset is in the list, too.</summary>
    /// <param name="server">Its address.</param>
    /// <param name="bytes">What to send.</param>
    /// <param name="after">Whether to send the request behind it.</param>
    /// <param name="responses">Where responses go.</param>
    /// <param name="patience">For a server that drops a client which has half-closed: it is not, and who says nothing for so long waits for more.</param>
    internal static Task ExchangeAsync(EndPoint server, string bytes, bool after, List<Response> responses, TimeSpan? patience = null) => ExchangeAsync(server, after ? bytes + After : bytes, patience, async input =>
    {
        var reader = new ResponseReader(input);
        var isHead = bytes.StartsWith("HEAD ", StringComparison.Ordinal);
        while (await reader.HasMoreAsync())
        {
            // SETTINGS, the answer to HTTP/2's preface, is none of HTTP/1.
            if (reader.Peek().StartsWith('\0'))
            {
                await reader.ReadToEndAsync();
                break;
            }
            responses.Add(await reader.ReadAsync(isHead));
            isHead &= responses[^1].Status < 200;
            if (patience is not null && responses[^1].Text == AfterTarget) break;
        }
    });

    /// <summary>Sends bytes, half-closes, and reads whatever comes back.</summary>
    internal async Task<byte[]> BytesAsync(string bytes)
    {
        byte[] read = [];
        await ExchangeAsync(_server.EndPoint, bytes, patience: null, async input => read = await new ResponseReader(input).ReadToEndAsync());
        return read;
    }

    /// <summary>What responses say of the case and of the request behind it.</summary>
    internal static Answer Split(IReadOnlyList<Response> responses, bool after) =>
        after && responses.Count > 0 && responses[^1].Text == AfterTarget ? new Answer([.. responses.SkipLast(1)], GoesOn: true) : new Answer(responses, GoesOn: false);

    private static async Task ExchangeAsync(EndPoint server, string bytes, TimeSpan? patience, Func<PipeReader, Task> readAsync)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server).WaitAsync(ResponseReader.Deadline);
        await socket.SendAsync(Encoding.Latin1.GetBytes(bytes)).WaitAsync(ResponseReader.Deadline);
        await using var stream = new NetworkStream(socket); // made now: it takes no socket that is half-closed
        if (patience is null) socket.Shutdown(SocketShutdown.Send);
        var input = PipeReader.Create(stream);
        var reading = readAsync(input);
        if (patience is { } time && await Task.WhenAny(reading, Task.Delay(time)) != reading) socket.Close();
        await reading;
        await input.CompleteAsync();
    }
}
