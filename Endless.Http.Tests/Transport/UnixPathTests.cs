using System.Net.Sockets;
using Endless.Http.Load;
using Endless.Http.Native;
using Endless.Http.Sockets;
using Endless.Http.Tests.Processes;
using Mono.Unix.Native;

namespace Endless.Http.Tests.Transport;

/// <summary>What becomes of the path of a UNIX socket.</summary>
public sealed class UnixPathTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    private string Path => _directory["a.sock"];

    private ListenAddress Address => ListenAddress.Parse($"unix:{Path}");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_stop_removes_its_own_path_and_not_one_that_another_has_bound_there()
    {
        var first = ListenSocket.Bind(Address);
        File.Delete(Path);
        using var second = ListenSocket.Bind(Address);
        Assert.Equal(0, first.Close());
        Assert.True(second.File!.IsAtPath);
        second.Close();
        Assert.False(File.Exists(Path));
    }

    [Fact]
    public void The_socket_of_a_process_that_is_gone_is_replaced()
    {
        var gone = ListenSocket.Bind(Address);
        gone.UnlinkOnClose = false;
        gone.Close();
        using var socket = ListenSocket.Bind(Address);
        Assert.True(socket.File!.IsAtPath);
    }

    [Fact]
    public async Task A_start_does_not_hang_on_a_path_whose_process_is_stopped()
    {
        using var queue = new FullQueue(Path);
        var exception = await Assert.ThrowsAsync<IOException>(() => Task.Run(() => ListenSocket.Bind(Address)).WaitAsync(Deadline.Default));
        Assert.Equal($"Cannot listen on {Address}: another process listens there; `ss -lxp` shows which.", exception.Message);
        Assert.True(File.Exists(Path));
    }

    [Fact]
    public void A_socket_of_another_type_is_told_from_one_that_listens()
    {
        using var datagrams = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        datagrams.Bind(new UnixDomainSocketEndPoint(Path));
        Assert.Contains("a socket of another type is there", Assert.Throws<IOException>(() => ListenSocket.Bind(Address)).Message);
    }

    [Theory]
    [InlineData("a file")]
    [InlineData("a directory")]
    [InlineData("a FIFO")]
    [InlineData("a symbolic link")]
    public void What_is_there_and_is_no_socket_is_named_and_left_alone(string what)
    {
        switch (what)
        {
            case "a file": File.WriteAllText(Path, "precious"); break;
            case "a directory": Directory.CreateDirectory(Path); break;
            case "a FIFO": Assert.Equal(0, Syscall.mkfifo(Path, (FilePermissions)0x180)); break;
            default: File.CreateSymbolicLink(Path, "nowhere"); break;
        }
        var before = FileStamp.OfEntry(Path);
        var exception = Assert.Throws<IOException>(() => ListenSocket.Bind(Address));
        Assert.Equal($"Cannot listen on {Address}: there is {what} in its place; remove it, or use another path.", exception.Message);
        Assert.True(before.IsSameFile(FileStamp.OfEntry(Path)));
    }

    [FactWithMountNamespace]
    public async Task A_path_on_a_full_disk_is_named_with_the_reason()
    {
        using var disk = await SmallDisk.CreateAsync(pages: 1, files: 2); // the root and what fills it
        disk.Fill();
        var exception = Assert.Throws<IOException>(() => ListenSocket.Bind(ListenAddress.Parse($"unix:{disk["a.sock"]}")));
        Assert.Equal($"Cannot listen on unix:{disk["a.sock"]}: No space left on device.", exception.Message);
    }
}
