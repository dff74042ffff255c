using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using Endless.Http.Load;
using Endless.Http.Tests.Http1;
using Endless.Http.Tests.Processes;

namespace Endless.Http.Tests.Conformance;

/// <summary>The test server as a process of its own, probed over real sockets: raw bytes in, the whole answer out.</summary>
public sealed class ProbedServer : IAsyncLifetime
{
    /// <summary>A request that shows whether the connection went on, and that nobody took it for a part of what came before it.</summary>
    private const string After = "GET /target?after HTTP/1.1\r\nHost: a\r\n\r\n";

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
    public async Task<string> AnswersAsync(string bytes, bool after = true)
    {
        var responses = await ExchangeAsync(bytes, after);
        var goesOn = after && responses.Count > 0 && responses[^1].Text == "/target?after";
        if (goesOn) responses.RemoveAt(responses.Count - 1);
        foreach (var response in responses) Assert.True(response.Status < 200 || response.Has("Date"), "There is no Date.");
        if (!goesOn && after && responses.Count > 0) Assert.Equal("close", responses[^1]["Connection"]);
        return string.Join(' ', responses.Select(r => r.Status)) + (goesOn ? "+" : "");
    }

    /// <summary>Sends one request and reads the response to it, whatever comes behind.</summary>
    internal async Task<Response> AskAsync(string bytes) => (await ExchangeAsync(bytes, after: false))[^1];

    /// <summary>Sends bytes, half-closes, and reads every response.</summary>
    internal async Task<List<Response>> ExchangeAsync(string bytes, bool after)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(_server.EndPoint).WaitAsync(ResponseReader.Deadline);
        await socket.SendAsync(Encoding.Latin1.GetBytes(after ? bytes + After : bytes)).WaitAsync(ResponseReader.Deadline);
        await using var stream = new NetworkStream(socket); // made now: it takes no socket that is half-closed
        socket.Shutdown(SocketShutdown.Send);
        var input = PipeReader.Create(stream);
        var reader = new ResponseReader(input);
        var responses = new List<Response>();
        var isHead = bytes.StartsWith("HEAD ", StringComparison.Ordinal);
        while (await reader.HasMoreAsync())
        {
            responses.Add(await reader.ReadAsync(isHead));
            isHead &= responses[^1].Status < 200;
        }
        await input.CompleteAsync();
        return responses;
    }
}
