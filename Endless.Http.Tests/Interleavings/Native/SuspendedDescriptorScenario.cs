using Endless.Http.Native;
using Endless.Http.Tests.Interleavings.Exploring;

namespace Endless.Http.Tests.Interleavings.Native;

/// <summary>A descriptor is handed to another process while others still send on it and shut it down: nobody makes a call meanwhile, and all may again when it came back.</summary>
internal sealed class SuspendedDescriptorScenario : Scenario
{
    private OwnedDescriptor _descriptor;
    private KernelSocket _socket = null!;
    private int _sent;
    private bool _isSuspended;

    public override string[] Watched => [nameof(OwnedDescriptor), nameof(UseCount)];

    public override int Preemptions => 2;

    public override void Begin(Execution run)
    {
        _descriptor = new OwnedDescriptor(run.Kernel.OpenSocket(out _socket));
        run.Add("sender", () =>
        {
            for (var i = 0; i < 2; i++)
                if (_descriptor.Send("x"u8, 0) > 0) _sent++;
        });
        run.Add("second", () =>
        {
            if (_descriptor.Send("x"u8, 0) > 0) _sent++;
        });
        run.Add("handing", () =>
        {
            _descriptor.Suspend();
            var sent = _socket.Sent.Count;
            _isSuspended = true;
            Pass();
            Assert.Equal(sent, _socket.Sent.Count);
            _isSuspended = false;
            _descriptor.Resume();
        });
    }

    public override void End()
    {
        Assert.False(_isSuspended);
        Assert.Equal(_sent, _socket.Sent.Count);
        Assert.Equal(1, _descriptor.Send("x"u8, 0));
        Assert.True(_descriptor.Close());
        Assert.Equal(OwnedDescriptor.Refused, _descriptor.Send("x"u8, 0));
    }
}
