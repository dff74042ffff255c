using System.Net.Sockets;
using Endless.Http.Connections;
using Endless.Http.Load;
using Endless.Http.Native;
using Endless.Http.Sockets;
using Endless.Http.Tests.Processes;

namespace Endless.Http.Tests.Transport;

/// <summary>A peer that reads too little, and what the kernel holds for it.</summary>
public sealed class SlowPeerTests
{
    private const int Piece = 256 * 1024;

    /// <summary>Of a kernel that is left to itself 2.5 to 4 MB.</summary>
    private const int MostHeld = 512 * 1024;

    /// <summary>Writes without an end, until nobody takes it.</summary>
    private static async Task<ConnectionOutcome> FloodAsync(Connection connection)
    {
        await TakeAsync(connection);
        var piece = new byte[Piece];
        while (!(await connection.Output.WriteAsync(piece)).IsCompleted) { }
        return ConnectionOutcome.Close;
    }

    /// <summary>Takes what the client has sent: left unread, it would make a reset of any close.</summary>
    private static async Task TakeAsync(Connection connection) => connection.Input.AdvanceTo((await connection.Input.ReadAsync()).Buffer.End);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_peer_that_reads_nothing_is_given_up_and_what_waits_for_it_is_dropped(bool unix)
    {
        using var directory = new TempDirectory();
        var address = unix ? $"unix:{directory["s"]}" : "127.0.0.1:0";
        using var transport = new TransportFixture(FloodAsync, address) { Accepted = connection => connection.LeastSendRate = new(10_000_000, 100) };
        var client = await transport.ConnectAsync();
        await client.SendAsync("x"u8.ToArray());
        var (connection, _) = await transport.NextEndAsync();
        Assert.Equal(1, connection.ResponsesAbandoned);
        if (unix) return;
        // Without the reset the kernel would go on offering the rest, for minutes.
        var error = await Assert.ThrowsAsync<SocketException>(async () =>
        {
            var buffer = new byte[Piece];
            while (await client.ReceiveAsync(buffer).WaitAsync(TransportFixture.Deadline) > 0) { }
        });
        Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
    }

    [Fact]
    public async Task A_peer_that_reads_steadily_is_waited_for_beyond_the_grace()
    {
        const int Total = 40 * Piece;
        using var transport = new TransportFixture(async connection =>
        {
            await TakeAsync(connection);
            var result = await connection.Output.WriteAsync(new byte[Total]); // one wait of many graces
            return result.IsCompleted ? ConnectionOutcome.Hijacked : ConnectionOutcome.Close;
        })
        {
            Accepted = connection => connection.LeastSendRate = new(5_000, 20),
        };
        var client = await transport.ConnectAsync();
        await client.SendAsync("x"u8.ToArray());
        var connection = await FindAsync(() => transport.Live.FirstOrDefault());
        var buffer = new byte[Piece / 4];
        for (var received = 0; received < Total;)
        {
            var count = await client.ReceiveAsync(buffer).WaitAsync(TransportFixture.Deadline);
            Assert.NotEqual(0, count);
            received += count;
            // All together many graces.
            var from = connection.Now;
            await Deadline.UntilAsync(() => connection.Now > from + 10, "time passes");
        }
        Assert.Equal(ConnectionOutcome.Close, (await transport.NextEndAsync()).Outcome);
        Assert.Equal(0, connection.ResponsesAbandoned);
    }

    [Fact]
    public async Task A_connection_that_is_taken_over_is_nobodys_to_give_up()
    {
        var free = new TaskCompletionSource<LeastRate?>();
        using var transport = new TransportFixture(connection =>
        {
            connection.Release();
            free.SetResult(connection.LeastSendRate);
            connection.Close();
            return Task.FromResult(ConnectionOutcome.Close);
        })
        {
            Accepted = connection => connection.LeastSendRate = new(1, 1),
        };
        await (await transport.ConnectAsync()).SendAsync("x"u8.ToArray());
        Assert.Null(await free.Task.WaitAsync(TransportFixture.Deadline));
    }

    [Fact]
    public async Task The_kernel_holds_little_for_a_peer_that_reads_nothing_and_all_of_it_comes_later()
    {
        const int Total = 32 * Piece;
        using var transport = new TransportFixture(async connection =>
        {
            await TakeAsync(connection);
            await connection.Output.WriteAsync(new byte[Total]);
            return ConnectionOutcome.Close;
        });
        var client = await transport.ConnectAsync();
        await client.SendAsync("x"u8.ToArray());
        var connection = (SocketConnection)await FindAsync(() => transport.Live.FirstOrDefault());
        var (last, same) = (-1, 0);
        await Deadline.UntilAsync(() =>
        {
            same = connection.UnsentBytes is > 0 and var now && now == last ? same + 1 : 0;
            last = connection.UnsentBytes;
            return same >= 10;
        }, "the kernel is full");
        Assert.InRange(last, 1, MostHeld);

        var received = 0;
        var buffer = new byte[Piece];
        while (await client.ReceiveAsync(buffer).WaitAsync(TransportFixture.Deadline) is > 0 and var count) received += count;
        Assert.Equal(Total, received);
    }

    [Fact]
    public void The_next_generation_says_anew_how_much_the_kernel_may_hold()
    {
        using var first = ListenSocket.Bind(ListenAddress.Parse("127.0.0.1:0"));
        Assert.Equal(ListenSocket.DefaultMaxUnsentBytes, first.Descriptor.MaxUnsentBytes());
        using var next = ListenSocket.Inherit(Libc.fcntl(first.Descriptor.Number, Libc.F_DUPFD_CLOEXEC, 0), first.Address, maxUnsentBytes: 0);
        Assert.Equal(0, next.Descriptor.MaxUnsentBytes());
    }

    private static async Task<Connection> FindAsync(Func<Connection?> find)
    {
        await Deadline.UntilAsync(() => find() is not null, "the connection is there");
        return find()!;
    }
}
