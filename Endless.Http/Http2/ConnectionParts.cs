using System.IO.Pipelines;
using Endless.Http.Connections;
using Endless.Http.Http2.Frames;
using Endless.Http.Semantics;

namespace Endless.Http.Http2;

/// <summary>What the parts of a connection share. Below all of them: a stream knows its sender and its account, and not the connection that it is on.</summary>
/// <remarks>
/// Handlers run concurrently and write from any thread, while the reading flow takes in frames. One lock, the gate, guards all they share: the streams' states, windows, HPACK's tables and the output's
/// frames. It is held for a batch of frames or for one write, never while something is sent or application code runs: what is to run goes into <see cref="Ready"/> and is called outside.
/// </remarks>
internal sealed class ConnectionParts
{
    private readonly IConnectionEvents _events;
    private readonly Lock _stateReport = new();

    public ConnectionParts(Connection transport, ProtocolContext context, IConnectionEvents events)
    {
        _events = events;
        Transport = transport;
        Context = context;
        Budget = new ConnectionBudget(context.Budget, transport);
        Ready = new ReadyQueue(Gate, transport) { TakeOver = events.ReadOnAsync, RanBeside = FlushSoon };
        Output = new ConnectionOutput(transport, Gate, Budget, context.Timeouts.Write) { RoomMade = events.OnRoomMade, Broke = events.OnBroken };
        Account = new ReceiveAccount(Output, Budget);
        Clock = new StreamClock(context.Limits);
        Call = new HandlerCall(transport, context);
    }

    /// <summary>Guards everything that is shared by the connection's flows.</summary>
    public Lock Gate { get; } = new();

    /// <summary>The bytes underneath.</summary>
    public Connection Transport { get; }

    public ProtocolContext Context { get; }

    public PeerSettings Peer { get; } = new();

    public ConnectionOutput Output { get; }

    public ReceiveAccount Account { get; }

    public ConnectionBudget Budget { get; }

    public ReadyQueue Ready { get; }

    public StreamClock Clock { get; }

    public ClientAllowance Allowance { get; } = new();

    public HandlerCall Call { get; }

    /// <summary>The client has ended its side: no frame comes any more, and its responses are finished.</summary>
    public bool IsHalfClosed { get; set; }

    /// <summary>Puts RST_STREAM into the output.</summary>
    public void WriteReset(int streamId, ErrorCode code) => Output.Frames.WriteRstStream(streamId, code);

    /// <inheritdoc cref="IConnectionEvents.OnLastClosed"/>
    public void OnLastClosed() => _events.OnLastClosed();

    /// <summary>Wakes the reading flow's read, which may wait for longer than it now should. Under the gate.</summary>
    public void WakeReader()
    {
        if (!Ready.IsReceiving) Ready.Add(static input => ((PipeReader)input!).CancelPendingRead(), Transport.Input);
    }

    /// <summary>Sends what was written, unless this thread runs ready handlers and will send when they have had their turn. Outside the gate.</summary>
    public void FlushSoon()
    {
        if (Ready.RunsHere) return;
        ReportState();
        Output.Flush();
    }

    /// <summary>Tells the server whether the connection is active or idle. Outside the gate.</summary>
    public void ReportState()
    {
        // Race: the state is looked up inside, so that the last report is the true one.
        lock (_stateReport)
        {
            bool? isActive;
            lock (Gate) isActive = _events.IsActive;
            if (isActive is { } active) Transport.SetState(active ? ConnectionState.Active : ConnectionState.Idle);
        }
    }
}
