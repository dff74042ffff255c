using System.Globalization;
using Endless.Http.Load;
using Endless.Http.Tests.Processes;

namespace Endless.Http.Tests.Server;

/// <summary>At the limit of open files (EMFILE) a server waits; it does not end, spin or drop whom it serves.</summary>
public class DescriptorLimitTests
{
    private const int Room = 40;

    private static readonly byte[] Request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray();

    [FactWithTools("prlimit")]
    public async Task Connections_beyond_the_limit_wait_in_the_kernels_queue_until_there_is_room()
    {
        await using var server = await ExampleProcess.TestServerAsync();
        using var first = await ClientConnection.ConnectAsync(server.EndPoint, Deadline.Default);
        await first.RequestAsync(Request);
        var limit = ProcessStatus.Descriptors(server.Pid) + Room;
        await LimitAsync(server, $"{limit}:{limit}");

        var connections = new List<ClientConnection>();
        for (var i = 0; i < 2 * Room; i++) connections.Add(await ClientConnection.ConnectAsync(server.EndPoint, Deadline.Default));
        var answers = connections.ConvertAll(connection => connection.RequestAsync(Request).AsTask());
        await server.Output.WaitForAsync("Cannot accept on");
        await first.RequestAsync(Request); // who is served is served on

        // Whoever has an answer leaves, and makes room for the next.
        while (answers.Count > 0)
        {
            var answered = await Task.WhenAny(answers);
            Assert.Equal(200, (await answered).Status);
            var index = answers.IndexOf(answered);
            answers.RemoveAt(index);
            connections[index].Dispose();
            connections.RemoveAt(index);
        }
        await server.Output.WaitForAsync("Accepting on");
        await first.RequestAsync(Request);
    }

    /// <summary>The runtime has two for a moment when its pool wants one more thread, and ends the process without.</summary>
    [FactWithTools("prlimit")]
    public async Task A_limit_lowered_under_a_server_leaves_the_runtime_its_descriptors_at_once()
    {
        await using var server = await ExampleProcess.TestServerAsync();
        using var first = await ClientConnection.ConnectAsync(server.EndPoint, Deadline.Default);
        await first.RequestAsync(Request);
        var before = ProcessStatus.Descriptors(server.Pid);
        await LimitAsync(server, $"{before + 3}:");

        using var second = await ClientConnection.ConnectAsync(server.EndPoint, Deadline.Default);
        var answer = second.RequestAsync(Request).AsTask();
        await server.Output.WaitForAsync("Cannot accept on");
        await first.RequestAsync(Request);
        Assert.Equal(before, ProcessStatus.Descriptors(server.Pid));

        await LimitAsync(server, $"{before + 100}:");
        Assert.Equal(200, (await answer).Status);
    }

    private static Task LimitAsync(ServerProcess server, string limit) =>
        Tool.RunAsync("prlimit", "--pid", server.Pid.ToString(CultureInfo.InvariantCulture), $"--nofile={limit}");
}
