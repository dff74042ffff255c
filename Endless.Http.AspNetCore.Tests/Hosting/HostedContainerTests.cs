using System.Globalization;
using System.Net;
using System.Text;
using Endless.Http.Load;
using Endless.Http.Tests.Processes;
using Endless.Http.Tests.Supervision;
using Mono.Unix.Native;

namespace Endless.Http.AspNetCore.Tests.Hosting;

/// <summary>An application as PID 1 of a PID namespace, as in a container.</summary>
public sealed class HostedContainerTests
{
    [FactWithPidNamespace]
    public async Task An_application_that_is_PID_1_restarts_under_load_and_stops()
    {
        await using var container = ServerProcess.Start(Tool.Find("unshare")!,
        [
            "--pid", "--fork", "--kill-child", "--mount-proc",
            ProgramFile.Of("Endless.Http.AspNetCore.LiveApp"), "--urls=http://127.0.0.1:0", "--Endless:Restart:Probation=00:00:00.3",
        ]);
        var endPoint = IPEndPoint.Parse((await ListeningAsync(container, 1)).Split(' ')[2].TrimEnd(','));
        var supervisor = int.Parse(File.ReadAllText($"/proc/{container.FirstPid}/task/{container.FirstPid}/children").Trim(), CultureInfo.InvariantCulture);
        var pids = new HashSet<string> { "1", await PidAsync(endPoint) };
        Assert.Equal(2, pids.Count); // 1 supervises
        var load = await LoadDriver.StartAsync(endPoint, new LoadOptions { KeepAliveClients = 2, Think = TimeSpan.FromMilliseconds(2), FreshEvery = TimeSpan.FromMilliseconds(10) });
        for (var generation = 2; generation <= 3; generation++)
        {
            container.Signal(Signum.SIGHUP, supervisor);
            await ListeningAsync(container, generation);
            await Deadline.UntilAsync(() => container.Pids.Count == 3, "the generation before is gone"); // there are unshare, the supervisor and one generation
            Assert.True(pids.Add(await PidAsync(endPoint)));
        }
        await load.StopAsync();
        Assert.True(load.Counters.Failed == 0, string.Join('\n', load.Counters.Details));
        container.Signal(Signum.SIGTERM, supervisor);
        Assert.Equal(0, await container.ExitCodeAsync());
    }

    private static async Task<string> ListeningAsync(ServerProcess container, int generation) =>
        (await container.Output.WaitForAsync(static line => line.StartsWith("Listening on ", StringComparison.Ordinal), generation))[^1];

    private static async Task<string> PidAsync(IPEndPoint endPoint)
    {
        using var connection = await ClientConnection.ConnectAsync(endPoint, Deadline.Default);
        return Encoding.ASCII.GetString((await connection.RequestAsync("GET /pid HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8.ToArray())).Body.Span);
    }
}
