using System.Globalization;
using System.Net;
using Endless.Http.Load;
using Endless.Http.Tests.Processes;

namespace Endless.Http.Tests.Systemd;

/// <summary>The shipped units under the real systemd.</summary>
public class SystemdTests
{
    private const string Service = "myapp.service";

    /// <summary>Nothing else is bound there a moment later: systemd's sockets and services cannot say which port the system gave them.</summary>
    private static readonly IPEndPoint EndPoint = FreeEndPoint.Next();

    private static async Task<SystemdMachine> StartAsync(params (string, string)[] changes)
    {
        var machine = await SystemdMachine.BootAsync();
        try
        {
            await machine.AddUnitAsync(Service, [("ExecStart=/srv/myapp/current/myapp", $"ExecStart={SystemdMachine.TestServer($"--addr {EndPoint} --probation {ExampleProcess.Probation}")}"), .. changes]);
            await machine.RunAsync("start", Service);
            return machine;
        }
        catch
        {
            await machine.DisposeAsync();
            throw;
        }
    }

    private static async Task<int> MainPidAsync(SystemdMachine machine) => int.Parse(await machine.ShowAsync(Service, "MainPID"), CultureInfo.InvariantCulture);

    private static async Task UntilAsync(SystemdMachine machine, Func<Task<bool>> condition, string what)
    {
        try
        {
            await Deadline.UntilAsync(condition, what);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}\n{machine.Log}", e);
        }
    }

    private static async Task<string> PidAsync(IPEndPoint? endPoint = null)
    {
        using var connection = await ClientConnection.ConnectAsync(endPoint ?? EndPoint, Deadline.Default);
        var response = await connection.RequestAsync("GET /pid HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8.ToArray());
        return System.Text.Encoding.ASCII.GetString(response.Body.Span);
    }

    [FactWithSystemd]
    public async Task Ten_reloads_under_load_lose_no_request_and_the_unit_stays_active()
    {
        await using var machine = await StartAsync();
        var load = await LoadDriver.StartAsync(EndPoint, new LoadOptions { KeepAliveClients = 4, Think = TimeSpan.FromMilliseconds(2), FreshEvery = TimeSpan.FromMilliseconds(10) });
        var pids = new HashSet<int> { await MainPidAsync(machine) };
        for (var generation = 2; generation <= 11; generation++)
        {
            await machine.RunAsync("reload", Service);
            await UntilAsync(machine, async () => (await machine.ShowAsync(Service, "StatusText")).StartsWith($"Generation {generation} serves ", StringComparison.Ordinal), $"generation {generation} serves");
            Assert.Equal(0, (await machine.SystemctlAsync("is-active", Service)).Code);
            Assert.True(pids.Add(await MainPidAsync(machine)));
        }
        await load.StopAsync();
        Assert.True(load.Counters.Failed == 0, string.Join('\n', load.Counters.Details));
        Assert.Equal("0", await machine.ShowAsync(Service, "NRestarts"));
        Assert.Equal("active", await machine.ShowAsync(Service, "ActiveState"));
        Assert.Equal((await MainPidAsync(machine)).ToString(CultureInfo.InvariantCulture), await PidAsync());

        using var slow = await ClientConnection.ConnectAsync(EndPoint, Deadline.Default);
        await slow.RequestAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray()); // accepted by now, and not in the queue
        var answer = slow.RequestAsync("GET /slow?ms=1000 HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
        await machine.RunAsync("stop", Service);
        Assert.Equal(200, (await answer).Status);
        var end = (await machine.SystemctlAsync("show", Service, "--property", "ActiveState,Result,ExecMainCode,ExecMainStatus")).Output;
        Assert.True(end.Contains("ActiveState=inactive", StringComparison.Ordinal) && end.Contains("Result=success", StringComparison.Ordinal), $"{end}\n{machine.Log}");
    }

    [FactWithSystemd]
    public async Task A_killed_generation_is_started_anew_and_its_queue_is_kept()
    {
        await using var machine = await StartAsync(("RestartSec=100ms", "RestartSec=1s"));
        await machine.RunAsync("reload", Service);
        await UntilAsync(machine, async () => (await machine.ShowAsync(Service, "StatusText")).StartsWith("Generation 2 serves ", StringComparison.Ordinal), "generation 2 serves");
        var killed = await MainPidAsync(machine);
        await machine.RunAsync("kill", "--signal=KILL", "--kill-who=main", Service);
        await UntilAsync(machine, async () => await MainPidAsync(machine) != killed, "systemd has noticed");
        var pid = await PidAsync(); // connects while nobody serves, and waits in the queue
        Assert.Equal((await MainPidAsync(machine)).ToString(CultureInfo.InvariantCulture), pid);
        Assert.NotEqual(killed.ToString(CultureInfo.InvariantCulture), pid);
        Assert.Equal("1", await machine.ShowAsync(Service, "NRestarts"));
    }

    [FactWithSystemd]
    public async Task A_stuck_process_is_killed_by_the_watchdog()
    {
        await using var machine = await StartAsync(("WatchdogSec=10", "WatchdogSec=5"));
        var stuck = await MainPidAsync(machine);
        // It is fed: systemd notes when. Fed often enough, it is alive after more than one interval.
        var fed = new HashSet<string>();
        await UntilAsync(machine, async () => fed.Add(await machine.ShowAsync(Service, "WatchdogTimestampMonotonic")) && fed.Count > 4, "the watchdog is fed");
        Assert.Equal(stuck, await MainPidAsync(machine));
        await machine.InsideAsync("kill", "-STOP", $"{stuck}");
        await UntilAsync(machine, async () => await machine.ShowAsync(Service, "NRestarts") is not ("0" or ""), "the stuck process was replaced");
        Assert.NotEqual($"{stuck}", await PidAsync());
    }

    [FactWithSystemd]
    public async Task A_reload_that_fails_leaves_the_service_as_it_was_and_says_so()
    {
        await using var machine = await StartAsync();
        var pid = await MainPidAsync(machine);
        machine.Deploy("#!/bin/sh\nexit 3\n");
        await machine.RunAsync("reload", Service);
        await UntilAsync(machine, async () => (await machine.ShowAsync(Service, "StatusText")).Contains("exited with code 3", StringComparison.Ordinal), "the status tells of the failure");
        Assert.Equal("active", await machine.ShowAsync(Service, "ActiveState"));
        Assert.Equal(pid, await MainPidAsync(machine));
    }

    [FactWithSystemd]
    public async Task A_socket_unit_starts_the_service_at_the_first_connection_and_keeps_its_queue()
    {
        await using var machine = await SystemdMachine.BootAsync();
        var endPoint = FreeEndPoint.Next(); // its own: a late client of another test would start the service
        await machine.AddUnitAsync("myapp.socket", ("ListenStream=80", $"ListenStream={endPoint}"));
        await machine.AddUnitAsync(Service, ("ExecStart=/srv/myapp/current/myapp", $"ExecStart={SystemdMachine.TestServer($"--addr systemd:http --probation {ExampleProcess.Probation}")}"));
        await machine.RunAsync("start", "myapp.socket");
        Assert.Equal("0", await machine.ShowAsync(Service, "MainPID"));
        Assert.Equal($"{await MainPidAfter(PidAsync(endPoint))}", await PidAsync(endPoint));

        await machine.RunAsync("restart", Service);
        Assert.Equal($"{await MainPidAsync(machine)}", await PidAsync(endPoint));
        await machine.RunAsync("reload", Service);
        await UntilAsync(machine, async () => (await machine.ShowAsync(Service, "StatusText")).StartsWith("Generation 2 serves systemd:http", StringComparison.Ordinal), "generation 2 serves");
        Assert.Equal($"{await MainPidAsync(machine)}", await PidAsync(endPoint));

        async Task<int> MainPidAfter(Task<string> request)
        {
            await request;
            return await MainPidAsync(machine);
        }
    }
}
