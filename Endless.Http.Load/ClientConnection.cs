using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Endless.Http.Load;

/// <summary>
/// One connection of a client that knows exactly what it was promised: every way in which the server can let it down ends in a
/// <see cref="LoadFailure"/> that says which. Not thread-safe.
/// </summary>
public sealed class ClientConnection : IDisposable
{
    private readonly Stream _stream;
    private readonly TimeSpan _patience;
    private byte[] _buffer = new byte[1024];
    private int _length;
    private int _consumed;

    private ClientConnection(Stream stream, TimeSpan patience)
    {
        _stream = stream;
        _patience = patience;
    }

    /// <summary>How many responses came over this connection.</summary>
    public int Responses { get; private set; }

    /// <exception cref="LoadFailure">It could not be made.</exception>
    public static async Task<ClientConnection> ConnectAsync(EndPoint server, TimeSpan patience, bool tls = false)
    {
        var socket = server is UnixDomainSocketEndPoint
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            using var limit = new CancellationTokenSource(patience);
            await socket.ConnectAsync(server, limit.Token);
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            if (tls) stream = await ShakeHandsAsync(stream, limit.Token);
            return new ClientConnection(stream, patience);
        }
        catch (Exception e) when (e is SocketException or IOException or AuthenticationException or OperationCanceledException)
        {
            socket.Dispose();
            throw new LoadFailure(FailureKind.Refused, $"connect to {server}: {e.Message}", e);
        }
    }

    /// <summary>Sends a request and returns the whole response to it.</summary>
    /// <exception cref="LoadFailure">There is none.</exception>
    public async ValueTask<ClientResponse> RequestAsync(ReadOnlyMemory<byte> request)
    {
        // What came after the last response was not asked for; the rest of the buffer is free for the next one.
        if (_consumed < _length) throw new LoadFailure(FailureKind.WrongAnswer, $"{_length - _consumed} bytes came before they were asked for");
        _consumed = _length = 0;
        using var limit = new CancellationTokenSource(_patience);
        try
        {
            await _stream.WriteAsync(request, limit.Token);
            return await ReceiveResponseAsync(limit.Token);
        }
        catch (IOException e)
        {
            throw new LoadFailure(FailureKind.Reset, $"after {Responses} responses: {e.Message}", e);
        }
        catch (OperationCanceledException e)
        {
            throw new LoadFailure(FailureKind.Lost, $"no response within {_patience.TotalSeconds:0.#} s, {Responses} before it", e);
        }
    }

    /// <summary>Waits for the server to close the connection, as it promised to.</summary>
    /// <exception cref="LoadFailure">It sends more, resets the connection or leaves it open.</exception>
    public async ValueTask ClosedAsync()
    {
        using var limit = new CancellationTokenSource(_patience);
        try
        {
            if (_consumed < _length || await _stream.ReadAsync(new byte[1], limit.Token) != 0)
                throw new LoadFailure(FailureKind.WrongAnswer, "more bytes after the last response");
        }
        catch (IOException e)
        {
            throw new LoadFailure(FailureKind.Reset, $"reset instead of closed: {e.Message}", e);
        }
        catch (OperationCanceledException e)
        {
            throw new LoadFailure(FailureKind.Lost, $"not closed within {_patience.TotalSeconds:0.#} s of Connection: close", e);
        }
    }

    public void Dispose() => _stream.Dispose();

    private static async Task<SslStream> ShakeHandsAsync(Stream stream, CancellationToken limit)
    {
        // The load's own certificate, of the same machine.
        var secure = new SslStream(stream);
        await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", RemoteCertificateValidationCallback = (_, _, _, _) => true }, limit);
        return secure;
    }

    private async ValueTask<ClientResponse> ReceiveResponseAsync(CancellationToken limit)
    {
        while (true)
        {
            if (ResponseFraming.TryRead(_buffer.AsMemory(0, _length), out var response, out var consumed))
            {
                _consumed = consumed;
                Responses++;
                return response;
            }
            if (_length == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
            var count = await _stream.ReadAsync(_buffer.AsMemory(_length), limit);
            if (count == 0)
                throw new LoadFailure(FailureKind.ClosedUnannounced, $"closed {_length} bytes into a response, after {Responses} whole ones");
            _length += count;
        }
    }
}
