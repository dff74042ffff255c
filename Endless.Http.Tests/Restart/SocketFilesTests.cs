using Endless.Http.Native;
using Endless.Http.Sockets;
using Endless.Http.Spawning;

namespace Endless.Http.Tests.Restart;

/// <summary>What generations tell each other of where their UNIX sockets are.</summary>
public sealed class SocketFilesTests
{
    private readonly FakeHost _host = new();

    [Fact]
    public void The_next_generation_knows_each_path_by_device_and_inode_whatever_its_name()
    {
        var file = new SocketFile("/srv/a,b%2C.sock", new FileStamp(0x8_0000_0001, ulong.MaxValue, 0, 0, 0));
        var own = new SocketFiles(_host);
        own.Note("unix:a,b%2C.sock", file);
        own.Note("127.0.0.1:0", null);
        own.Note("unix:/c", file with { Path = "/c" });
        _host.Variables[RestartVariables.SocketFiles] = _host.PassedOn[RestartVariables.SocketFiles];
        var next = new SocketFiles(_host);
        Assert.Empty(_host.Variables);
        Assert.Equal(file, next.Find("unix:a,b%2C.sock"));
        Assert.Equal("/c", next.Find("unix:/c")?.Path);
        Assert.Null(next.Find("127.0.0.1:0"));
    }

    [Theory]
    [InlineData("unix:a,/a")]
    [InlineData("unix:a,/a,1,-1")]
    [InlineData("unix:a,/a,one,2")]
    [InlineData(",,,,,,")]
    public void What_is_not_understood_is_as_if_nobody_had_said_it(string said)
    {
        _host.Variables[RestartVariables.SocketFiles] = said;
        Assert.Null(new SocketFiles(_host).Find("unix:a"));
    }
}
