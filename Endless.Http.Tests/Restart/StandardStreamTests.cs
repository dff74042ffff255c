using Endless.Http.Load;
using Endless.Http.Tests.Processes;
using Mono.Unix.Native;

namespace Endless.Http.Tests.Restart;

/// <summary>Standard input, output and error are closed, full, or read by nobody: the server starts, restarts and stops all the same.</summary>
public class StandardStreamTests
{
    /// <summary>An example with its streams as the shell's redirections say; its log, where one is left, is what the server printed.</summary>
    private static ServerProcess Start(string redirections, string port) =>
        ServerProcess.Start("/bin/sh", ["-c", $"exec \"$@\" {redirections}", "sh", ExampleProcess.Program, "testserver", "--addr", port, "--probation", "100"]);

    [Theory]
    [InlineData("1>&-")]
    [InlineData("1>/dev/full")]
    [InlineData("0<&- 1>&-")]
    public async Task A_standard_output_that_is_closed_or_full_fails_neither_start_nor_restart(string redirections)
    {
        await using var server = Start(redirections, "127.0.0.1:0");
        await server.Output.WaitForAsync(": Listening on ");
        server.Signal(Signum.SIGHUP);
        await server.Output.WaitForAsync($"Generation 1 (pid {server.FirstPid}) has finished.");
        await StopsAsync(server);
    }

    [Theory]
    [InlineData("0<&- 1>&- 2>&-")]
    [InlineData("2>&-")]
    [InlineData(">/dev/full 2>&1")]
    public async Task Without_a_standard_error_it_restarts_and_no_listener_takes_its_number(string redirections)
    {
        var address = FreeEndPoint.Next();
        await using var server = Start(redirections, $"{address}");
        using var client = new HttpClient { DefaultRequestHeaders = { ConnectionClose = true } };
        await AnswersAsync(client, $"http://{address}/generation", "1");
        server.Signal(Signum.SIGHUP);
        await AnswersAsync(client, $"http://{address}/generation", "2");
        await server.GoneAsync(server.FirstPid);
        Assert.All(Enumerable.Range(0, 3), descriptor => Assert.DoesNotContain("socket:", new FileInfo($"/proc/{server.Pids.Single()}/fd/{descriptor}").LinkTarget));
        await StopsAsync(server);
    }

    [Fact]
    public async Task A_standard_error_that_nobody_reads_delays_neither_restart_nor_stop()
    {
        using var directory = new TempDirectory();
        var address = FreeEndPoint.Next();
        Assert.Equal(0, Syscall.mkfifo(directory["log"], FilePermissions.S_IRUSR | FilePermissions.S_IWUSR));
        // Opened for reading too, so that it has a reader; which reads nothing. Filled, before the server starts.
        await using var server = ServerProcess.Start("/bin/sh",
            ["-c", "exec 2<>\"$0\"; dd if=/dev/zero bs=4096 count=16 of=\"$0\" oflag=nonblock 2>/dev/null; exec \"$@\"", directory["log"],
            ExampleProcess.Program, "testserver", "--addr", $"{address}", "--probation", "100"]);
        using var client = new HttpClient { DefaultRequestHeaders = { ConnectionClose = true } };
        await AnswersAsync(client, $"http://{address}/generation", "1");
        server.Signal(Signum.SIGHUP);
        await AnswersAsync(client, $"http://{address}/generation", "2");
        await server.GoneAsync(server.FirstPid);
        await StopsAsync(server);
    }

    private static Task AnswersAsync(HttpClient client, string url, string expected) => Deadline.UntilAsync(
        async () =>
        {
            try
            {
                return await client.GetStringAsync(url) == expected;
            }
            catch (HttpRequestException)
            {
                return false; // not there yet
            }
        },
        $"generation {expected} answers");

    private static async Task StopsAsync(ServerProcess server)
    {
        foreach (var pid in server.Pids) server.Signal(Signum.SIGTERM, pid);
        await Deadline.UntilAsync(() => server.Pids.Count == 0, "the server has stopped");
    }
}
