using Endless.Http.Channels;
using Endless.Http.Connections;
using Endless.Http.Generations;
using Endless.Http.HandOver;
using Endless.Http.Logging;
using Endless.Http.Loops;
using Endless.Http.Metrics;
using Endless.Http.Native;
using Endless.Http.Pipeline;
using Endless.Http.Semantics;
using Endless.Http.Sockets;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Serving;

/// <summary>
/// A restart that a process plays through with a connection of its own: requests, the hand-over, one more request. A process does each of these for the first time
/// when clients wait for it, and what .NET compiles then took 20 to 30 ms of their time; so it is compiled before.
/// </summary>
internal sealed class RestartRehearsal : IHandOverOrigin
{
    /// <summary>A machine that is slower than this has other worries.</summary>
    private const int TimeoutMilliseconds = 5_000;

    private RestartRehearsal() { }

    /// <summary>Plays it through. Blocks the thread, for some 30 ms. What goes wrong is logged at debug level and no harm: the restart is as slow as it is, then.</summary>
    internal static void Run(EventLoopGroup loops, ILogger logger)
    {
        try
        {
            var context = new ProtocolContext
            {
                Handler = new MeteredHandler(new ScheduledHandler(Handler.From((w, _) => w.Write("rehearsed"))), new RequestMetrics(), "http"),
                Logger = logger,
            };
            var origin = new RestartRehearsal();
            var (own, childs) = ControlChannel.CreatePair();
            using var control = new ControlChannel(own);
            using var handOver = new HandOverSender(control, loops);
            using var client = new RehearsalClient(loops, context) { HandedOver = connection => handOver.Offer(origin, connection) };
            new Predecessor(new ControlChannel(childs), Environment.ProcessId).Listen(new Next(loops, client));
            new Thread(() => Answer(control, handOver)) { IsBackground = true }.UnsafeStart();
            handOver.Start();
            Ask(client);
            Ask(client);
            handOver.Ask([client.Connection]);
            Ask(client);
        }
        catch (Exception e)
        {
            logger.RehearsalFailed(e);
        }
    }

    private static void Ask(RehearsalClient client)
    {
        var status = client.Ask("GET /rehearsal HTTP/1.1\r\nHost: localhost\r\nUser-Agent: rehearsal\r\n\r\n"u8, "rehearsed"u8, TimeoutMilliseconds);
        if (status != 200) throw new InvalidOperationException($"The answer was {status}.");
    }

    private static void Answer(ControlChannel control, HandOverSender handOver)
    {
        while (control.Receive() is { } message)
            if (message is AdoptedMessage adopted) handOver.TryAnswer(adopted.Taken, adopted.Batch);
        handOver.Close();
    }

    ServerIdentity IHandOverOrigin.Identity => new("rehearsal");

    void IHandOverOrigin.OnMoved(SocketConnection connection) { }

    void IHandOverOrigin.OnStayed(SocketConnection connection) => connection.Close();

    /// <summary>The next generation, in this process.</summary>
    private sealed class Next(EventLoopGroup loops, IConnectionHandler handler) : IPredecessorListener
    {
        public void Tell(GenerationEvent happened) { }

        public SocketConnection?[] Adopt(HandOverMessage message, IReadOnlyList<int> descriptors)
        {
            var connection = message.Connections[0];
            var remote = SockAddr.Remote(descriptors[0], stackalloc byte[SockAddr.MaxLength]);
            var adopted = new SocketConnection(descriptors[0], loops.NextLoop(), handler) { RemoteSockAddr = remote, RequestsServed = connection.RequestsServed };
            adopted.Preload(connection.Unread.Span);
            return [adopted];
        }

        public void TakeState(ReadOnlyMemory<byte> state) { }

        public void TakePassed(IReadOnlyList<PassedState> states) { }

        public void TakeCounters(CountersMessage counters) { }
    }
}
