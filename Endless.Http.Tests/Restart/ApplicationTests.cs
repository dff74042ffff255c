using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Endless.Http.Load;

namespace Endless.Http.Tests.Restart;

/// <summary>What an application has to say in a restart, and what it hears of it.</summary>
public class ApplicationTests
{
    private const string Serve = "serve 127.0.0.1:0";

    [Fact]
    public async Task Times_too_long_for_a_timer_are_for_ever_and_a_restart_and_a_stop_end()
    {
        await using var app = await RestartApp.StartAsync(Serve, "for-ever", "hooks", "state left");
        var slow = await app.BeginAsync("slow");
        var next = await app.Server.RestartAsync();
        await app.SaysAsync($"state was 'left', pid {next}");
        await app.SaysAsync("stopped accepting; finishing 1 connection(s).");
        app.Release("slow");
        Assert.Equal($"generation 1 pid {app.Pid}", await slow);
        Assert.Equal(0, await app.Server.ExitCodeAsync());
        Assert.Equal($"generation 2 pid {next}", await app.GetAsync());
        await app.Server.StopAsync();
        Assert.DoesNotContain(app.Server.Output.Lines, line => line.Contains("xception"));
    }

    [Fact]
    public async Task State_goes_from_generation_to_generation()
    {
        await using var app = await RestartApp.StartAsync("state first", Serve);
        await app.SaysAsync($"state was '', pid {app.Pid}");
        app.Script("state second", Serve);
        var pid = await app.RestartAsync();
        await app.SaysAsync($"state was 'first', pid {pid}");
        var next = await app.RestartAsync();
        await app.SaysAsync($"state was 'second', pid {next}");
    }

    [Fact]
    public async Task State_of_a_mebibyte_goes_and_more_fails_the_restart()
    {
        await using var app = await RestartApp.StartAsync("state-bytes 1048577", Serve);
        Assert.Contains("Restart failed: StateToNext failed: it gave 1048577 bytes; 1048576 are the most", await app.FailingRestartAsync());
        Assert.StartsWith("generation 1 ", await app.GetAsync());
        await using var other = await RestartApp.StartAsync("state-bytes 1048576", Serve);
        await other.RestartAsync();
        Assert.StartsWith("generation 2 ", await other.GetAsync());
    }

    [Fact]
    public async Task A_check_that_fails_refuses_the_restart_with_its_reason()
    {
        await using var app = await RestartApp.StartAsync(Serve);
        app.Script(Serve, "refuse the schema is too old");
        Assert.EndsWith("Restart failed: the schema is too old. This generation serves on; SIGHUP tries again.", await app.FailingRestartAsync());
        Assert.StartsWith("generation 1 ", await app.GetAsync());
    }

    [Fact]
    public async Task Warm_up_asks_before_the_server_accepts()
    {
        await using var app = await RestartApp.StartAsync(Serve, "warm-up /warm");
        await app.SaysAsync($"asked for /warm by nobody in Init, pid {app.Pid}");
        await app.GetAsync("/warm");
        await app.SaysAsync(" in Running, pid");
    }

    [Fact]
    public async Task A_restart_asked_for_in_the_program_says_what_came_of_it()
    {
        await using var app = await RestartApp.StartAsync(Serve, "events");
        app.Script("exit 3");
        Assert.Matches(@"^False the new process \(pid \d+\) exited with code 3 before it was ready$", await app.GetAsync("/restart"));
        await app.SaysAsync("event failed the new process");
        app.Script(Serve);
        Assert.Equal("True ", await app.GetAsync("/restart"));
        await app.SaysAsync("event restarted 2 ");
        Assert.Equal(2, app.Server.Output.Lines.Count(line => line.StartsWith("event restarting")));
        Assert.Equal(0, await app.Server.ExitCodeAsync());
        Assert.StartsWith("generation 2 ", await app.GetAsync());
    }

    [Fact]
    public async Task The_process_does_not_end_before_the_application_has_heard_of_its_restart()
    {
        await using var app = await RestartApp.StartAsync(Serve);
        app.Script(Serve, $"at-restarted wait {app["go"]}");
        var second = await app.Server.RestartAsync();
        app.Script(Serve);
        await app.Server.RestartAsync();
        await app.SaysAsync($"waits here, pid {second}");
        await app.Server.Output.WaitForAsync(line => line.Contains(": done after "), 2); // the servers of the first and of the second: nothing else keeps the process
        app.Release("go");
        await app.SaysAsync($"heard of 3, pid {second}");
        await app.Server.GoneAsync(second);
    }

    [Fact]
    public async Task A_stream_of_events_ends_when_its_generation_leaves_and_its_connection_goes_on()
    {
        await using var app = await RestartApp.StartAsync(Serve);
        using var connection = await app.ConnectAsync();
        var events = RestartApp.GetAsync(connection, "/events");
        await app.SaysAsync("events begins");
        var pid = await app.Server.RestartAsync();
        Assert.Equal($"data: {app.Pid}\n\ndata: bye\n\n", await events);
        Assert.Equal(0, await app.Server.ExitCodeAsync());
        Assert.Equal($"generation 2 pid {pid}", await RestartApp.GetAsync(connection));
    }

    [Fact]
    public async Task Pipelined_requests_are_answered_in_turn_by_the_generation_that_comes_to_them()
    {
        await using var app = await RestartApp.StartAsync(Serve);
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)app.Server.EndPoint);
        var requests = new StringBuilder($"GET /wait?{app["slow"]} HTTP/1.1\r\nHost: x\r\n\r\n");
        for (var i = 0; i < 10; i++) requests.Append("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(requests.ToString()));
        await app.SaysAsync("wait begins");
        var pid = await app.Server.RestartAsync();
        await app.SaysAsync("stopped accepting; finishing 1 connection(s).");
        app.Release("slow");
        Assert.Equal(0, await app.Server.ExitCodeAsync());
        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
        var answers = "";
        for (var buffer = new char[4096]; Regex.Count(answers, "generation") < 11;)
        {
            var count = await reader.ReadAsync(buffer).AsTask().WaitAsync(Deadline.Default);
            Assert.NotEqual(0, count);
            answers += new string(buffer, 0, count);
        }
        Assert.Equal([$"generation 1 pid {app.Pid}", .. Enumerable.Repeat($"generation 2 pid {pid}", 10)], Regex.Matches(answers + "\r\n", @"generation \d+ pid \d+?(?=\r\n|HTTP)").Select(match => match.Value));
    }

    [Fact]
    public async Task A_long_answer_ends_when_its_generation_leaves_and_its_connection_goes_on()
    {
        await using var app = await RestartApp.StartAsync(Serve);
        using var connection = await app.ConnectAsync();
        var answer = RestartApp.GetAsync(connection, "/drain");
        await app.SaysAsync("drain begins");
        var pid = await app.Server.RestartAsync();
        Assert.Equal($"generation 1 pid {app.Pid}", await answer);
        Assert.Equal(0, await app.Server.ExitCodeAsync());
        Assert.Equal($"generation 2 pid {pid}", await RestartApp.GetAsync(connection));
    }
}
