using Endless.Http.Connections;
using Endless.Http.Loops;
using Endless.Http.Sockets;
using Endless.Http.Tests.Interleavings.Exploring;
using Endless.Http.Workers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Endless.Http.Tests.Interleavings.Transport;

/// <summary>A connection on a socket with its event loop, all real but for the kernel. A derived scenario is the engine, and adds who meddles.</summary>
internal abstract class SocketScenario : Scenario, IConnectionHandler
{
    private readonly TaskCompletionSource _ended = new();
    private int _inFlow;
    private int _ends;

    public override string[] Watched => [nameof(SocketConnection), nameof(SocketReader), nameof(SocketWriter), "SocketWait", nameof(Readiness), nameof(Connection)];

    protected Execution World { get; private set; } = null!;

    protected EventLoopGroup Group { get; private set; } = null!;

    protected SocketConnection Connection { get; private set; } = null!;

    /// <summary>The peer's side.</summary>
    protected KernelSocket Socket { get; private set; } = null!;

    public override void Begin(Execution run)
    {
        World = run;
        Group = new EventLoopGroup(1, NullLogger.Instance);
        var fd = run.Kernel.OpenSocket(out var socket);
        Socket = socket;
        Connection = new SocketConnection(fd, Group.Loops[0], this) { ReadDeadline = Endless.Http.Connections.Connection.NoDeadline };
        // The run is over when the connection is.
        run.AddFlow("end", () => _ended.Task);
        AddActors(run);
        Connection.Start();
    }

    public override void Stop() => Group.Dispose();

    public override void End()
    {
        Assert.Equal(1, _ends);
        Assert.True(Socket.IsClosed, "The socket is open.");
        Assert.Equal(0, Group.Loops[0].Sources);
    }

    public bool OnAccepted(Connection connection) => true;

    public async ValueTask<ConnectionOutcome> ServeAsync(Connection connection)
    {
        try
        {
            return await ServeAsync();
        }
        catch (Exception exception)
        {
            // The transport would log it and close the connection.
            World.Note($"The flow threw {exception}");
            return ConnectionOutcome.Close;
        }
    }

    public void OnEnded(Connection connection, ConnectionOutcome outcome)
    {
        _ends++;
        _ended.TrySetResult();
    }

    /// <summary>Who there is beside the loop.</summary>
    protected abstract void AddActors(Execution run);

    /// <summary>The engine.</summary>
    protected abstract ValueTask<ConnectionOutcome> ServeAsync();

    /// <summary>Puts the flow onto a worker's thread, as an application does that blocks: only there is it beside its loop.</summary>
    protected async ValueTask GoElsewhereAsync()
    {
        LeaveFlow();
        await new WorkerSwitch(Group.Workers, site: null);
        EnterFlow();
    }

    /// <summary>The flow goes on: nobody else is in it.</summary>
    protected void EnterFlow()
    {
        Assert.True(++_inFlow == 1, "Two threads in one flow.");
        Pass();
    }

    /// <summary>The flow is about to wait.</summary>
    protected void LeaveFlow() => _inFlow--;
}
