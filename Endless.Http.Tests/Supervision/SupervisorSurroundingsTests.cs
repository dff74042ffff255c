using System.Net;
using System.Net.Sockets;
using Endless.Http.Tests.Processes;
using Endless.Http.Tests.Systemd;
using Mono.Unix.Native;

namespace Endless.Http.Tests.Supervision;

/// <summary>What whoever started the supervisor gave it: sockets, a service manager, a terminal.</summary>
public sealed class SupervisorSurroundingsTests
{
    [Fact]
    public async Task A_socket_that_the_supervisor_was_given_is_the_programs_also_after_a_crash()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var endPoint = (IPEndPoint)listener.LocalEndPoint!;
        using var program = new SupervisedProgram("LISTEN_FDS=1 LISTEN_FDNAMES=web LISTEN_PID=$$", "--addr systemd:web", [(int)listener.Handle]);
        var first = await SupervisedProgram.MainPidAsync(endPoint); // waits in the queue
        await program.LoggedAsync(": Listening on ");
        Assert.Equal(0, Syscall.kill(first, Signum.SIGKILL));
        await program.LoggedAsync("starting anew");
        Assert.NotEqual(first, await SupervisedProgram.MainPidAsync(endPoint));
        program.Signal(Signum.SIGTERM);
        Assert.Equal(0, await program.ExitCodeAsync());
        Assert.DoesNotContain("From the service manager", program.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stale_LISTEN_PID_costs_a_line_and_no_restart_after_a_crash()
    {
        var endPoint = FreeEndPoint.Next();
        using var program = new SupervisedProgram("LISTEN_FDS=1 LISTEN_PID=1", $"--addr {endPoint}");
        await program.LoggedAsync(": Listening on ");
        var first = await SupervisedProgram.MainPidAsync(endPoint);
        Assert.Equal(0, Syscall.kill(first, Signum.SIGKILL));
        await program.LoggedAsync("starting anew");
        Assert.NotEqual(first, await SupervisedProgram.MainPidAsync(endPoint));
        program.Signal(Signum.SIGTERM);
        Assert.Equal(0, await program.ExitCodeAsync());
        Assert.Equal(2, program.Log.Split("LISTEN_FDS is meant for pid \"1\"").Length);
    }

    [Fact]
    public async Task A_manager_outside_hears_when_the_service_is_ready_restarts_and_stops()
    {
        using var manager = new NotifySocket();
        using var program = new SupervisedProgram($"NOTIFY_SOCKET={manager.Name} WATCHDOG_USEC=60000000 WATCHDOG_PID=$$", "--addr 127.0.0.1:0 --probation 0");
        var heard = new List<string[]>();
        void Hear(string start, string status)
        {
            do heard.Add(manager.Receive());
            while (heard[^1][0] != start || !heard[^1].Any(line => line.StartsWith($"STATUS={status}", StringComparison.Ordinal)));
        }

        Hear("READY=1", "Generation 1 serves");
        program.Signal(Signum.SIGHUP);
        Hear("RELOADING=1", "Generation 1 serves");
        Hear("READY=1", "Generation 2 serves");
        program.Signal(Signum.SIGTERM);
        Assert.Equal(0, await program.ExitCodeAsync());
        while (manager.HasMessage) heard.Add(manager.Receive());
        Assert.Contains(heard, message => message[0] == "STOPPING=1");
        var names = heard.SelectMany(message => message).Select(line => line.Split('=')[0]).Distinct().Order(StringComparer.Ordinal);
        Assert.Equal(["EXTEND_TIMEOUT_USEC", "MONOTONIC_USEC", "READY", "RELOADING", "STATUS", "STOPPING", "WATCHDOG"], names); // no MAINPID, and nothing of a store
    }

    [FactWithTools("script")]
    public async Task One_Ctrl_C_is_one_signal()
    {
        var endPoint = FreeEndPoint.Next();
        // A generation that gets it twice stops at once, and so does not say what it waits for.
        using var program = new SupervisedProgram("", $"--addr {endPoint} --stop-delay 2000", terminal: "(while ! grep -q 'Listening on' \"$(dirname {0})/log\"; do sleep 0.05; done; printf '\\003'; while ! grep -q 'done after' \"$(dirname {0})/log\"; do sleep 0.05; done) | script -qec 'exec sh {0}' /dev/null");
        Assert.Equal(0, await program.ExitCodeAsync());
        Assert.True(program.Log.Split("Received SIGINT.").Length == 2, program.Log);
        Assert.Contains("accepting for another 2000 ms", program.Log, StringComparison.Ordinal);
    }
}
