using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Endless.Http.AspNetCore.Tests.Peers;

/// <summary>A client of HTTP/1.1 that sends the bytes it is told and reads responses, whatever they are like.</summary>
internal sealed class RawClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    private RawClient(Socket socket) => _socket = socket;

    public static async Task<RawClient> ConnectAsync(IPEndPoint endpoint)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(endpoint);
        return new RawClient(socket);
    }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            while (bytes.Length > 0) bytes = bytes[await _socket.SendAsync(bytes)..];
        }
        catch (SocketException)
        {
            // The server has closed meanwhile; what it sent before is to be read still.
        }
    }

    /// <summary>Tells the server that nothing more comes, and goes on reading.</summary>
    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Leaves with a reset.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Close();
    }

    /// <summary>Reads the next response. One that is cut off has a fault.</summary>
    /// <param name="head">Whether the request's method was HEAD.</param>
    public async Task<Answer> ReadAsync(bool head = false)
    {
        var answer = new Answer();
        using var deadline = new CancellationTokenSource(Patience);
        try
        {
            await ReadHeadAsync(answer, deadline.Token);
            answer.Body = await ReadBodyAsync(answer, head, deadline.Token);
        }
        catch (OperationCanceledException)
        {
            answer.Fault = "nothing in time";
        }
        catch (InvalidDataException exception)
        {
            answer.Fault = exception.Message;
        }
        catch (Exception exception) when (exception is SocketException or EndOfStreamException)
        {
            answer.Fault = "closed";
        }
        return answer;
    }

    /// <summary>Reads bytes of the connection as they come; none where the server has closed.</summary>
    public async Task<int> ReadRawAsync(Memory<byte> into)
    {
        using var deadline = new CancellationTokenSource(Patience);
        if (_start == _end && !await FillAsync(deadline.Token)) return 0;
        var count = Math.Min(into.Length, _end - _start);
        _buffer.AsMemory(_start, count).CopyTo(into);
        _start += count;
        return count;
    }

    /// <summary>Reads up to a number of bytes, fewer where the server closes.</summary>
    public async Task<string> ReadTextAsync(int length)
    {
        var into = new byte[length];
        var had = 0;
        while (had < length)
        {
            var count = await ReadRawAsync(into.AsMemory(had));
            if (count == 0) break;
            had += count;
        }
        return Encoding.Latin1.GetString(into, 0, had);
    }

    /// <summary>Reads everything up to the server's close.</summary>
    public Task<string> ReadToEndAsync() => ReadTextAsync(1024 * 1024);

    public void Dispose() => _socket.Dispose();

    private async Task ReadHeadAsync(Answer answer, CancellationToken cancellation)
    {
        while (true)
        {
            var status = await ReadLineAsync(cancellation);
            var parts = status.Split(' ', 3);
            if (parts.Length < 2 || !parts[0].StartsWith("HTTP/1.", StringComparison.Ordinal) || !int.TryParse(parts[1], CultureInfo.InvariantCulture, out var code)) throw new InvalidDataException("no status line: " + status);
            answer.Status = code;
            answer.Reason = parts.Length > 2 ? parts[2] : "";
            await ReadFieldsAsync(answer.Headers, cancellation);
            if (code is >= 200 or 101) return;
            answer.Interim.Add(code);
            answer.Headers.Clear();
        }
    }

    private async Task ReadFieldsAsync(List<(string, string)> fields, CancellationToken cancellation)
    {
        while (await ReadLineAsync(cancellation) is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':');
            fields.Add(colon < 0 ? (line, "") : (line[..colon], line[(colon + 1)..].Trim()));
        }
    }

    private async Task<byte[]> ReadBodyAsync(Answer answer, bool head, CancellationToken cancellation)
    {
        if (head || answer.Status is 101 or 204 or 304) return [];
        var body = new MemoryStream();
        // What came before a fault is part of the answer.
        try
        {
            if (answer.Header("Transfer-Encoding") is not null)
            {
                answer.Framing = "chunked";
                while (int.Parse(await ReadLineAsync(cancellation), NumberStyles.HexNumber, CultureInfo.InvariantCulture) is > 0 and var size)
                {
                    await CopyAsync(body, size, cancellation);
                    await ReadLineAsync(cancellation);
                }
                await ReadFieldsAsync(answer.Trailers, cancellation);
            }
            else if (answer.Header("Content-Length") is { } length)
            {
                answer.Framing = "length";
                await CopyAsync(body, long.Parse(length, CultureInfo.InvariantCulture), cancellation);
            }
            else
            {
                answer.Framing = "close";
                while (_end > _start || await FillAsync(cancellation))
                {
                    body.Write(_buffer, _start, _end - _start);
                    _start = _end;
                }
            }
        }
        catch (OperationCanceledException)
        {
            answer.Fault = "nothing in time";
        }
        catch (Exception exception) when (exception is SocketException or EndOfStreamException)
        {
            answer.Fault = "closed";
        }
        return body.ToArray();
    }

    private async Task CopyAsync(MemoryStream into, long length, CancellationToken cancellation)
    {
        while (length > 0)
        {
            if (_start == _end && !await FillAsync(cancellation)) throw new EndOfStreamException();
            var count = (int)Math.Min(length, _end - _start);
            into.Write(_buffer, _start, count);
            _start += count;
            length -= count;
        }
    }

    private async Task<string> ReadLineAsync(CancellationToken cancellation)
    {
        var line = new StringBuilder();
        while (true)
        {
            if (_start == _end && !await FillAsync(cancellation)) throw new EndOfStreamException();
            var letter = (char)_buffer[_start++];
            if (letter == '\n') return line.ToString().TrimEnd('\r');
            line.Append(letter);
        }
    }

    private async Task<bool> FillAsync(CancellationToken cancellation)
    {
        _start = 0;
        _end = 0;
        _end = await _socket.ReceiveAsync(_buffer.AsMemory(), cancellation);
        return _end > 0;
    }
}
