using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Endless.Http.Tests.Fuzzing;

/// <summary>What a server made of the bytes on one connection, short enough to be compared: the readings it answered with, and how it ended.</summary>
/// <param name="Readings">What <c>X-Reading</c> said in each response up to the first refusal.</param>
/// <param name="Refusal">The status of the refusal; 0 if there was none.</param>
/// <param name="Reason">The text of the refusal.</param>
/// <param name="Ended">The server closed the connection; otherwise it waits for more.</param>
/// <param name="ClientPort">The client's port, by which the server's own account of the connection is found.</param>
internal sealed record Exchange(IReadOnlyList<string> Readings, int Refusal, string Reason, bool Ended, int ClientPort)
{
    // Tells a request that is over from one that goes on: the server closes after it, unless it takes it for a part of what came before.
    private static readonly byte[] End = "GET /end HTTP/1.1\r\nHost: end\r\nConnection: close\r\n\r\n"u8.ToArray();

    private static readonly TimeSpan Patience = Endless.Http.Load.Deadline.Default;

    // A server that has said nothing for so long waits for more. Too short on a loaded machine, a case is judged again with more (Differential).
    public static async Task<Exchange> RunAsync(EndPoint server, byte[] bytes, TimeSpan silence)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server).WaitAsync(Patience);
        var received = new ArrayBufferWriter<byte>();
        var ended = false;
        var port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        try
        {
            await socket.SendAsync((byte[])[.. bytes, .. End]).WaitAsync(Patience);
            while (!ended && await ReceiveAsync(socket, received.GetMemory(4096), silence) is { } count)
            {
                received.Advance(count);
                ended = count == 0;
            }
        }
        catch (SocketException)
        {
            ended = true; // a reset
        }
        socket.Close(0);
        return Parse(received.WrittenSpan, ended, port);
    }

    /// <summary>What came, 0 for the end; null if the server was silent for so long. Looked at once more then: where threads are short, the time may be over before the answer that has come is told of.</summary>
    private static async Task<int?> ReceiveAsync(Socket socket, Memory<byte> buffer, TimeSpan silence)
    {
        using var limit = new CancellationTokenSource(silence);
        try
        {
            return await socket.ReceiveAsync(buffer, limit.Token);
        }
        catch (OperationCanceledException)
        {
            return socket.Poll(TimeSpan.Zero, SelectMode.SelectRead) ? socket.Receive(buffer.Span) : null;
        }
    }

    public bool Agrees(Exchange other) => Readings.SequenceEqual(other.Readings) && Refusal != 0 == (other.Refusal != 0) && Ended == other.Ended;

    private static Exchange Parse(ReadOnlySpan<byte> answers, bool ended, int port)
    {
        var readings = new List<string>();
        while (answers.IndexOf("\r\n\r\n"u8) is >= 0 and var end)
        {
            var head = Encoding.Latin1.GetString(answers[..end]);
            var status = int.Parse(head.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture);
            answers = answers[(end + 4)..];
            if (status >= 400) return new Exchange(readings, status, Encoding.Latin1.GetString(answers).Trim(), true, port);
            if (status < 200) continue;
            var at = head.IndexOf("X-Reading: ", StringComparison.OrdinalIgnoreCase);
            readings.Add(at < 0 ? "none" : head.Substring(at + 11, 16));
        }
        return new Exchange(readings, 0, "", ended, port);
    }
}
