using System.Net.Sockets;
using System.Text;
using Endless.Http.Connections;
using Endless.Http.Tests.Transport;

namespace Endless.Http.Tests.Restart;

/// <summary>Connections that can be handed over, without HTTP: each line is a request.</summary>
internal static class LineProtocol
{
    /// <summary>Answers each line with a name, the number of lines so far and the line; leaves when asked to, between lines.</summary>
    public static async Task<ConnectionOutcome> ServeAsync(Connection connection, string name)
    {
        while (true)
        {
            if (connection.Leave == LeaveRequest.HandOver) return ConnectionOutcome.HandOver;
            var read = await connection.Input.ReadAsync();
            var text = Encoding.ASCII.GetString(read.Buffer);
            var end = text.IndexOf('\n') + 1;
            connection.Input.AdvanceTo(read.Buffer.GetPosition(end), end == 0 ? read.Buffer.End : read.Buffer.GetPosition(end));
            if (end > 0) await connection.Output.WriteAsync(Encoding.ASCII.GetBytes($"{name} {++connection.RequestsServed} {text[..end]}"));
            else if (read.IsCompleted) return ConnectionOutcome.Close;
        }
    }

    /// <summary>Sends a line, or its end, and waits for the answer.</summary>
    public static async Task<string> ExchangeAsync(Socket client, string message)
    {
        await client.SendAsync(Encoding.ASCII.GetBytes(message));
        var answer = "";
        var buffer = new byte[1000];
        while (!answer.EndsWith('\n'))
        {
            var received = await client.ReceiveAsync(buffer).WaitAsync(TransportFixture.Deadline);
            Assert.NotEqual(0, received);
            answer += Encoding.ASCII.GetString(buffer, 0, received);
        }
        return answer;
    }
}
