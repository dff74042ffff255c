using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Endless.Http.Tests.Attack;

/// <summary>
/// A well-behaved client beside an attack: asks for <c>/quick</c> again and again, now and then on a new connection, and prints how many milliseconds each answer took, or why there was none. Its one thread
/// blocks: what it waits for is the server, and no thread pool. Ends with its standard input.
/// </summary>
internal static class BystanderProgram
{
    /// <summary>The argument that makes this program be that client.</summary>
    public const string Mode = "attack-bystander";

    private const int RequestsPerConnection = 50;

    /// <summary>An answer that takes longer is none: the client has left.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    private static readonly byte[] Request = "GET /quick HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray();

    public static int Run(string server)
    {
        using var ended = new ManualResetEventSlim();
        var client = new Thread(() => Ask(IPEndPoint.Parse(server), ended));
        client.Start();
        while (Console.ReadLine() is not null) { }
        ended.Set();
        client.Join();
        return 0;
    }

    /// <summary>One answer on a connection of its own, within the time. False if there is none.</summary>
    public static bool IsAnswered(EndPoint server, TimeSpan span)
    {
        try
        {
            using var socket = Connect(server, span);
            Ask(socket);
            return true;
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return false;
        }
    }

    private static void Ask(EndPoint server, ManualResetEventSlim ended)
    {
        while (!ended.IsSet)
        {
            try
            {
                using var socket = Connect(server, Patience);
                for (var i = 0; i < RequestsPerConnection && !ended.Wait(Pause); i++)
                {
                    var asked = Stopwatch.GetTimestamp();
                    Ask(socket);
                    Console.WriteLine(Stopwatch.GetElapsedTime(asked).TotalMilliseconds.ToString(CultureInfo.InvariantCulture));
                }
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                Console.WriteLine(e.Message);
                ended.Wait(Pause);
            }
        }
    }

    private static Socket Connect(EndPoint server, TimeSpan patience)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, SendTimeout = (int)patience.TotalMilliseconds, ReceiveTimeout = (int)patience.TotalMilliseconds };
        try
        {
            // Not Connect, which waits for minutes where an attack fills the listener's queue.
            if (socket.ConnectAsync(server).Wait(patience)) return socket;
        }
        catch (AggregateException e) when (e.InnerException is SocketException inner)
        {
            socket.Dispose();
            throw inner;
        }
        socket.Dispose();
        throw new IOException("not connected");
    }

    private static void Ask(Socket socket)
    {
        socket.Send(Request);
        var buffer = new byte[1024];
        var answer = new StringBuilder();
        while (!answer.ToString().EndsWith("quick", StringComparison.Ordinal))
        {
            var count = socket.Receive(buffer);
            if (count == 0) throw new IOException("closed");
            answer.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }
        if (!answer.ToString().StartsWith("HTTP/1.1 200", StringComparison.Ordinal)) throw new IOException("not served");
    }
}
