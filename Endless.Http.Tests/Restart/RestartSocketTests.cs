using Endless.Http.Connections;
using Endless.Http.Control;
using Endless.Http.Native;
using Endless.Http.Tests.Processes;
using Endless.Http.Tests.Transport;

namespace Endless.Http.Tests.Restart;

public sealed class RestartSocketTests
{
    [Fact]
    public async Task One_that_cannot_be_placed_takes_nothing_else_from_its_loop()
    {
        // One loop, whose first source is the listener: the number of a watch that was never made would be the listener's.
        using var transport = new TransportFixture(_ => Task.FromResult(ConnectionOutcome.Close), loops: 1);
        // In a file system that takes no socket, which bind(2) finds out.
        var socket = new RestartSocket("/proc/restart.sock", Environment.ProcessId, follows: false, transport.Group, () => throw new NotSupportedException(), () => transport.Log);
        socket.Ready();
        socket.RestartFailed("");
        socket.Ended();
        using var client = await transport.ConnectAsync();
        await client.SendAsync(new byte[1]); // with which its flow begins
        await transport.NextEndAsync();
    }

    [Theory]
    [InlineData("a directory")]
    [InlineData("a file")]
    [InlineData("a symbolic link")]
    public void What_is_there_and_is_no_socket_is_left_alone(string what)
    {
        using var directory = new TempDirectory();
        using var transport = new TransportFixture(_ => Task.FromResult(ConnectionOutcome.Close), loops: 1);
        var path = directory["pid.sock"];
        if (what == "a directory") Directory.CreateDirectory(path);
        else if (what == "a file") File.WriteAllText(path, "precious");
        else File.CreateSymbolicLink(path, "/nowhere");
        var socket = Create(path, follows: true, transport);
        socket.Ready();
        socket.RestartFailed("");
        socket.Ended();
        Assert.Equal($"Cannot take restarts at {path}: there is {what} in its place; remove it, or use another path. SIGHUP works all the same.", Assert.Single(transport.Log.Entries).Message);
        Assert.Equal([path], Directory.GetFileSystemEntries(directory.Path));
    }

    [Fact]
    public void One_that_has_ended_makes_nothing_good()
    {
        using var directory = new TempDirectory();
        using var transport = new TransportFixture(_ => Task.FromResult(ConnectionOutcome.Close), loops: 1);
        var path = directory["pid.sock"];
        File.WriteAllText(path, "in the way");
        var socket = Create(path, follows: true, transport);
        socket.Ready();
        socket.Ended();
        File.Delete(path);
        socket.PredecessorEnded();
        Assert.Empty(Directory.GetFileSystemEntries(directory.Path));
    }

    [Fact]
    public void One_that_another_process_answers_at_is_replaced_only_by_its_next_generation()
    {
        using var directory = new TempDirectory();
        using var transport = new TransportFixture(_ => Task.FromResult(ConnectionOutcome.Close), loops: 1);
        var path = directory["pid.sock"];
        var first = Create(path, follows: false, transport);
        first.Ready();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        var before = FileStamp.Of(path);
        var stranger = Create(path, follows: false, transport);
        stranger.Ready();
        stranger.RestartFailed("");
        stranger.Ended();
        Assert.True(before.IsSameFile(FileStamp.Of(path)));
        Assert.Contains("another process listens there", Assert.Single(transport.Log.Entries).Message);
        var next = Create(path, follows: true, transport);
        next.Ready();
        Assert.False(before.IsSameFile(FileStamp.Of(path)));
        first.Ended();
        Assert.True(File.Exists(path));
        next.Ended();
        Assert.Empty(Directory.GetFileSystemEntries(directory.Path));
    }

    private static RestartSocket Create(string path, bool follows, TransportFixture transport) =>
        new(path, Environment.ProcessId, follows, transport.Group, () => throw new NotSupportedException(), () => transport.Log);
}
