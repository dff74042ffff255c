using System.Net;
using Endless.Http.Load;

namespace Endless.Http.Tests.Processes;

/// <summary>What surrounds the process is wrong: each thing is said in a line, and the server serves.</summary>
public class BadEnvironmentTests
{
    [Theory]
    [InlineData("NOTIFY_SOCKET", "/nowhere/notify", "Cannot tell the service manager at /nowhere/notify: No such file or directory. The server serves on")]
    [InlineData("NOTIFY_SOCKET", "notify", "NOTIFY_SOCKET is \"notify\", which is neither a path nor an abstract socket")]
    [InlineData("LISTEN_FDS", "2", "descriptor 3 of LISTEN_FDS=2 is no listening socket")]
    [InlineData("LISTEN_FDS", "many", "LISTEN_FDS is \"many\", which is no number of descriptors")]
    public async Task From_a_service_manager(string name, string value, string said)
    {
        await using var server = ServerProcess.Start(ExampleProcess.Program, ["testserver", "--addr", "127.0.0.1:0"], new Dictionary<string, string?> { [name] = value });
        await ServesAsync(server, said);
    }

    [Fact]
    public async Task A_PID_file_that_cannot_be_written()
    {
        await using var server = ServerProcess.Start(ExampleProcess.Program, ["testserver", "--addr", "127.0.0.1:0", "--pidfile", "/proc/nowhere/pid"]);
        await ServesAsync(server, "/proc/nowhere/pid");
    }

    private static async Task ServesAsync(ServerProcess server, string said)
    {
        var line = await server.Output.WaitForAsync(": Listening on ");
        await server.Output.WaitForAsync(said);
        using var client = new HttpClient();
        var address = line[(line.LastIndexOf(' ') + 1)..].TrimEnd('.');
        Assert.Equal("Hello, World!", await client.GetStringAsync($"http://{IPEndPoint.Parse(address)}/"));
    }
}
