using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Endless.Http.Native;
using Endless.Http.Systemd;
using Endless.Http.Tests.Diagnostics;

namespace Endless.Http.Tests.Systemd;

public sealed class ServiceManagerTests : IDisposable
{
    private readonly NotifySocket _manager = new();
    private readonly LogRecorder _logger = new();

    public void Dispose() => _manager.Dispose();

    private ServiceManager Open(string? name = null)
    {
        var notifier = Notifier.Open(name ?? _manager.Name, out var complaint);
        Assert.Null(complaint);
        return new ServiceManager(notifier!, () => _logger);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_message_reaches_a_path_and_an_abstract_socket(bool isAbstract)
    {
        using var manager = new NotifySocket(isAbstract);
        Open(manager.Name).Ready("Generation 1 serves on [::]:8080");
        Assert.Equal(["READY=1", "STATUS=Generation 1 serves on [::]:8080"], manager.Receive());
    }

    [Fact]
    public void A_restart_begins_with_the_time_and_ends_with_the_new_pid_in_one_message()
    {
        var manager = Open();
        var before = (long)Stopwatch.GetElapsedTime(0).TotalMicroseconds - 1;
        manager.Reloading("restarting");
        manager.HandOver(4711, "generation 2 serves");
        var reloading = _manager.Receive();
        Assert.Equal("RELOADING=1", reloading[0]);
        var time = long.Parse(reloading[1]["MONOTONIC_USEC=".Length..], CultureInfo.InvariantCulture);
        Assert.InRange(time, before, before + 60_000_000);
        Assert.Equal(["MAINPID=4711", "READY=1", "WATCHDOG=1", "STATUS=generation 2 serves"], _manager.Receive());
    }

    [Fact]
    public void Whoever_has_handed_over_says_nothing_more()
    {
        var manager = Open();
        manager.HandOver(4711, "");
        manager.Ping();
        manager.Stopping("drained");
        Open().Status("last");
        Assert.Equal("MAINPID=4711", _manager.Receive()[0]);
        Assert.Equal("STATUS=last", _manager.Receive()[0]);
    }

    [Fact]
    public void A_status_cannot_forge_another_assignment()
    {
        Open().Status("a\nMAINPID=1\r\nb");
        Assert.Equal(["STATUS=a MAINPID=1 b"], _manager.Receive());
    }

    [Theory]
    [InlineData("a")]
    [InlineData("ä")]
    [InlineData("€")]
    [InlineData("😀")]
    [InlineData("a😀")]
    [InlineData("\ud83d")] // half a pair
    public void A_status_that_is_too_long_is_cut_between_characters_and_loses_nothing_else(string text)
    {
        Open().HandOver(4711, string.Concat(Enumerable.Repeat(text, 5000)));
        var message = _manager.Receive(); // a reader as systemd's, which takes 4,096 bytes
        Assert.Equal(["MAINPID=4711", "READY=1", "WATCHDOG=1"], message[..3]);
        Assert.InRange(string.Join('\n', message).Select(c => (int)c).Sum(c => c < 0x80 ? 1 : c < 0x800 ? 2 : char.IsSurrogate((char)c) ? 2 : 3), 4096 - 6, 4096);
        var kept = message[3]["STATUS=".Length..];
        Assert.EndsWith("…", kept);
        Assert.StartsWith(kept[..^1], string.Concat(Enumerable.Repeat(text == "\ud83d" ? "\ufffd" : text, 5000)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_status_of_just_the_length_that_there_is_room_for_is_whole()
    {
        var status = new string('x', NotifyMessage.MaxBytes - "READY=1\nSTATUS=".Length);
        Open().Ready(status);
        Assert.Equal(["READY=1", $"STATUS={status}"], _manager.Receive());
        Open().Ready(status + "x");
        Assert.Equal(["READY=1", $"STATUS={status[..^3]}…"], _manager.Receive());
    }

    [Fact]
    public void A_control_character_in_a_status_is_a_space()
    {
        // Systemd throws a message with a NUL away whole.
        Open().Ready("a\0b\u001bc");
        Assert.Equal(["READY=1", "STATUS=a b c"], _manager.Receive());
    }

    [Fact]
    public void A_stop_says_so_and_a_long_drain_asks_for_time()
    {
        var manager = Open();
        manager.Stopping("stopping");
        manager.ExtendTimeout(TimeSpan.FromSeconds(15), "3 connections left");
        Assert.Equal(["STOPPING=1", "STATUS=stopping"], _manager.Receive());
        Assert.Equal(["EXTEND_TIMEOUT_USEC=15000000", "STATUS=3 connections left"], _manager.Receive());
    }

    [Fact]
    public void A_listener_goes_into_the_store_by_its_descriptor()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var manager = Open();
        manager.Store(SocketActivation.StoreName(new("127.0.0.1:0")), (int)listener.Handle);
        manager.Forget("endless-old");

        var descriptors = new List<int>();
        Assert.Equal(["FDSTORE=1", "FDNAME=endless-127.0.0.1%3A0"], _manager.Receive(descriptors));
        var stored = Assert.Single(descriptors);
        Assert.Equal(listener.LocalEndPoint, SockAddr.Local(stored));
        Libc.close(stored);
        Assert.Equal(["FDSTOREREMOVE=1", "FDNAME=endless-old"], _manager.Receive());
    }

    [Fact]
    public void A_socket_that_is_gone_is_logged_once()
    {
        var manager = Open("/nonexistent/notify");
        manager.Ready("");
        manager.Ping();
        var line = Assert.Single(_logger.Entries).Message;
        Assert.Contains("/nonexistent/notify", line);
        Assert.Contains("No such file or directory", line);
    }

    [Theory]
    [InlineData("notify")]
    [InlineData("vsock:2:1234")]
    [InlineData("@")]
    public void A_value_that_names_no_socket_is_told_apart(string value)
    {
        Assert.Null(Notifier.Open(value, out var complaint));
        Assert.Contains(value, complaint);
    }

    [Fact]
    public void A_path_that_no_socket_can_have_is_told_apart()
    {
        Assert.Null(Notifier.Open("/" + new string('x', 107), out var complaint));
        Assert.Contains("107 bytes", complaint);
    }
}
