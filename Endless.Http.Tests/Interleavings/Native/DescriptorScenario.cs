using Endless.Http.Native;
using Endless.Http.Tests.Interleavings.Exploring;

namespace Endless.Http.Tests.Interleavings.Native;

/// <summary>Flows send on a socket, another shuts it down, two close it, and a stranger opens one as soon as the number is free: closed once, and no call reaches the stranger.</summary>
internal sealed class DescriptorScenario : Scenario
{
    private OwnedDescriptor _descriptor;
    private KernelSocket _socket = null!;
    private KernelSocket? _stranger;
    private int _closers;

    public override string[] Watched => [nameof(OwnedDescriptor), nameof(UseCount)];

    public override void Begin(Execution run)
    {
        _descriptor = new OwnedDescriptor(run.Kernel.OpenSocket(out _socket));
        run.Add("sender", () =>
        {
            for (var i = 0; i < 2; i++) _descriptor.Send("x"u8, 0);
        });
        run.Add("aborter", () => _descriptor.ShutDown(2));
        run.Add("closer", Close);
        run.Add("owner", Close);
        run.Add("stranger", () =>
        {
            Await(() => _socket.IsClosed);
            run.Kernel.OpenSocket(out _stranger);
        });
    }

    public override void End()
    {
        Assert.Equal(1, _closers);
        Assert.Empty(_stranger!.Sent);
        Assert.False(_stranger.IsShut);
    }

    private void Close()
    {
        if (_descriptor.Close()) _closers++;
    }
}
