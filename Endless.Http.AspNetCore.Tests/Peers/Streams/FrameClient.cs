using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Endless.Http.Http2;
using Endless.Http.Http2.Frames;
using Endless.Http.Tests.Http2;

namespace Endless.Http.AspNetCore.Tests.Peers;

/// <summary>A client of HTTP/2 in the clear that sends the frames it is told, right ones and wrong ones, and takes note of what becomes of a stream.</summary>
internal sealed class FrameClient : IDisposable
{
    private readonly NetworkStream _stream;
    private readonly Http2Client _client;

    private FrameClient(NetworkStream stream)
    {
        _stream = stream;
        _client = new Http2Client(PipeWriter.Create(stream), PipeReader.Create(stream));
    }

    /// <summary>What goes out with the next <see cref="SendAsync"/>.</summary>
    public FrameWriter Frames => _client.Frames;

    /// <summary>Connects, and has the preface sent with the first frames.</summary>
    public static async Task<FrameClient> ConnectAsync(IPEndPoint endpoint)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(endpoint);
        var client = new FrameClient(new NetworkStream(socket, ownsSocket: true));
        await client._client.SendAsync(Preface.Octets.ToArray());
        client.Frames.WriteSettings();
        return client;
    }

    /// <summary>Writes a head of exactly these lines.</summary>
    public void Head(int streamId, IEnumerable<(string Name, string Value)> lines, bool endStream = true) => Frames.WriteHeaders(streamId, _client.Block(lines), endStream);

    public async Task SendAsync()
    {
        try
        {
            await _client.SendAsync();
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException)
        {
            // The server has closed meanwhile; what it sent before is to be read still.
        }
    }

    /// <summary>Reads until a stream, or the connection, has come to its end: <c>200</c>, <c>reset ProtocolError</c>, <c>connection ProtocolError</c>, <c>closed</c>.</summary>
    public async Task<(string Outcome, Http2ResponseParts Response)> ReadAsync(int streamId)
    {
        var response = new Http2ResponseParts();
        try
        {
            while (!response.IsEnded && response.Reset is null)
            {
                if (await _client.ReadOrEndAsync() is not { } frame) return ("closed", response);
                if (frame.Type == FrameType.Settings && !frame.Header.Ack) Frames.WriteSettingsAck();
                if (frame.Type == FrameType.GoAway && frame.Code != ErrorCode.NoError) return ($"connection {frame.Code}", response);
                if (frame.StreamId != streamId) continue;
                if (frame.Type == FrameType.Data) response.Body.AddRange(frame.Payload);
                else if (frame.Type == FrameType.Headers) response.Sections.Add(frame.Fields!);
                else if (frame.Type == FrameType.RstStream) response.Reset = frame.Code;
                response.IsEnded = frame.Type is FrameType.Data or FrameType.Headers && frame.Header.EndStream;
            }
        }
        catch (TimeoutException)
        {
            return ("nothing in time", response);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            return ("closed", response);
        }
        return (response.Reset is { } code ? $"reset {code}" : $"{response.Status}", response);
    }

    public void Dispose() => _stream.Dispose();
}
