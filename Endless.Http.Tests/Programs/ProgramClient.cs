using Endless.Http.Load;

namespace Endless.Http.Tests.Programs;

/// <summary>One connection of a client of either version.</summary>
internal sealed class ProgramClient : IAsyncDisposable
{
    private readonly StormConnection _connection;
    private readonly Http1AnswerReader? _reader;
    private readonly Http2StormSession? _session;
    private readonly Task _working = Task.CompletedTask;

    public ProgramClient(StormConnection connection, StormProtocol protocol)
    {
        _connection = connection;
        if (protocol.IsHttp2())
        {
            _session = new Http2StormSession(connection, new Random(1), window: 1 << 20);
            _working = Task.WhenAll(_session.ReceiveAsync(), _session.SendAsync());
        }
        else
        {
            _reader = new Http1AnswerReader(connection.Stream);
        }
    }

    /// <summary>Asks, and waits for the answer.</summary>
    public async Task<Answer> AskAsync(Visit visit)
    {
        if (_session is not null) return await _session.RequestAsync(visit, new Random(1));
        await SendAsync(visit);
        return await ReadAsync();
    }

    /// <summary>Sends a request of HTTP/1.</summary>
    public async Task SendAsync(Visit visit)
    {
        var bytes = new MemoryStream();
        Http1Request.Write(bytes, visit, new Random(1));
        await _connection.Stream.WriteAsync(bytes.ToArray());
    }

    /// <summary>Sends bytes of HTTP/1.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await _connection.Stream.WriteAsync(bytes);

    /// <summary>Reads an answer of HTTP/1.</summary>
    public Task<Answer> ReadAsync() => _reader!.ReadAsync();

    public async ValueTask DisposeAsync()
    {
        _session?.End();
        await _connection.DisposeAsync();
        await _working.WaitAsync(Deadline.Default);
    }
}
