using System.Net.Sockets;
using System.Text;
using Endless.Http.Control;
using Endless.Http.Load;
using Endless.Http.Tests.Processes;

namespace Endless.Http.Tests.Restart;

/// <summary>What a client makes of an answer that no version of this library gives.</summary>
public sealed class RestartAnswerTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("ok x y")]
    [InlineData("ok 2 99999999999")]
    [InlineData("ok -2 3")]
    [InlineData("ok 2")]
    [InlineData("what")]
    public async Task It_is_an_IOException_that_holds_it(string answer)
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(RestartSocket.PathFor(_directory["pid"])));
        listener.Listen();
        var asked = RestartClient.RestartAsync(_directory["pid"], Deadline.Default);
        using var connection = await listener.AcceptAsync().WaitAsync(Deadline.Default);
        await connection.ReceiveAsync(new byte[100]).WaitAsync(Deadline.Default);
        await connection.SendAsync(Encoding.ASCII.GetBytes(answer + "\n")).WaitAsync(Deadline.Default);
        var exception = await Assert.ThrowsAsync<IOException>(() => asked);
        Assert.Contains($"\"{answer}\"", exception.Message);
    }
}
