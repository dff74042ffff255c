using Endless.Http.Load;
using Mono.Unix.Native;

namespace Endless.Http.Tests.Processes;

public class ExamplesTests
{
    [Fact]
    public async Task Without_a_name_the_program_lists_the_examples()
    {
        var (code, output) = await Tool.TryRunAsync(ExampleProcess.Program);
        Assert.Equal(2, code);
        foreach (var example in (string[])["hello", "hooks", "multiport", "timeouts", "pidfile", "notes", "events", "tls", "router", "api", "crud", "todo", "testserver"])
            Assert.Contains($"  {example} ", output);
    }

    [Theory]
    [InlineData("--addr")]
    [InlineData("--hammer", "1000", "--no-such-option")]
    [InlineData("--hammer", "soon")]
    [InlineData("--addr", "nonsense")]
    [InlineData("--addr", "127.0.0.1:0", "--addr", "127.0.0.1:99999")]
    [InlineData("--addr", "unix:/no/such/directory/socket")]
    public async Task A_wrong_option_is_one_clear_line(params string[] options)
    {
        var (code, output) = await Tool.TryRunAsync(ExampleProcess.Program, ["testserver", .. options]);
        Assert.Equal(1, code);
        Assert.Contains(options[^1], output); // what is wrong is named
    }

    [Fact]
    public async Task A_port_in_use_is_named()
    {
        await using var server = await ExampleProcess.TestServerAsync();
        var (code, output) = await Tool.TryRunAsync(ExampleProcess.Program, "hello", server.Addresses[0]);
        Assert.Equal(1, code);
        Assert.Contains(server.Addresses[0], output);
    }

    [Theory]
    [InlineData("hello", "Hello Zero-Downtime!")]
    [InlineData("timeouts", "In good time")]
    [InlineData("hooks", "Hello from a server with hooks")]
    public async Task An_example_answers_before_and_after_a_restart(string example, string answer)
    {
        await using var server = await ServerProcess.StartAsync(ExampleProcess.Program, [example, "127.0.0.1:0"]);
        using var client = NewClient();
        Assert.Equal(answer, await client.GetStringAsync(server.Url));
        await server.RestartAsync();
        Assert.Equal(0, await server.ExitCodeAsync());
        Assert.Equal(answer, await client.GetStringAsync(server.Url));
        await server.StopAsync();
    }

    [Fact]
    public async Task Hooks_clean_up_before_the_restart_and_end_the_background_work_after_it()
    {
        await using var server = await ServerProcess.StartAsync(ExampleProcess.Program, ["hooks", "127.0.0.1:0"]);
        await server.RestartAsync();
        Assert.Equal(0, await server.ExitCodeAsync());
        await server.Output.WaitForAsync("The background work has ended"); // the process may be gone before its last lines are read
        var lines = server.Output.Lines.ToList();
        Assert.InRange(lines.IndexOf("Cleaning up before the restart"), 0, lines.FindLastIndex(line => line.StartsWith("Listening on", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Multiport_restarts_both_servers_in_one_process()
    {
        await using var server = await ServerProcess.StartAsync(ExampleProcess.Program, ["multiport", "127.0.0.1:0", "127.0.0.1:0"], 2);
        await server.RestartAsync();
        Assert.Equal(0, await server.ExitCodeAsync());
        Assert.Single(server.Pids);
        using var client = NewClient();
        Assert.Equal("the API", await client.GetStringAsync($"http://{server.Addresses[0]}"));
        Assert.Equal("for administrators", await client.GetStringAsync($"http://{server.Addresses[1]}"));
    }

    [Fact]
    public async Task Pidfile_names_the_newest_generation_and_goes_with_it()
    {
        using var directory = new TempDirectory();
        var file = directory["pid"];
        await using var server = await ServerProcess.StartAsync(ExampleProcess.Program, ["pidfile", "127.0.0.1:0", file]);
        Assert.Equal($"{server.Pid}\n", await File.ReadAllTextAsync(file));
        var pid = await server.RestartAsync();
        Assert.Equal(0, await server.ExitCodeAsync());
        Assert.Equal($"{pid}\n", await File.ReadAllTextAsync(file));
        server.Signal(Signum.SIGTERM);
        await server.GoneAsync(pid);
        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task Notes_outlive_a_restart()
    {
        await using var server = await ServerProcess.StartAsync(ExampleProcess.Program, ["notes", "127.0.0.1:0"]);
        using var client = NewClient();
        using var note = new StringContent("buy milk");
        Assert.Equal(System.Net.HttpStatusCode.NoContent, (await client.PutAsync($"{server.Url}/notes/today", note)).StatusCode);
        await server.RestartAsync();
        Assert.Equal(0, await server.ExitCodeAsync());
        Assert.Equal("buy milk", await client.GetStringAsync($"{server.Url}/notes/today"));
        Assert.Equal("/notes/today\n", await client.GetStringAsync(server.Url));
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await client.GetAsync($"{server.Url}/notes/other")).StatusCode);
    }

    [Fact]
    public async Task Notes_written_to_either_generation_on_probation_outlive_it()
    {
        await using var server = await ServerProcess.StartAsync(ExampleProcess.Program, ["notes", "127.0.0.1:0"]);
        using var old = new HttpClient();
        await PutAsync(old, "first", "1"); // its connection stays with the old generation until it is handed over
        await server.RestartAsync();
        using var fresh = new HttpClient();
        await PutAsync(fresh, "both", "new");
        await PutAsync(old, "late", "2");
        await PutAsync(old, "both", "old, and later");
        Assert.Equal(0, await server.ExitCodeAsync());
        Assert.Equal("2", await fresh.GetStringAsync($"{server.Url}/notes/late"));
        Assert.Equal("old, and later", await fresh.GetStringAsync($"{server.Url}/notes/both"));
        Assert.Equal("1", await old.GetStringAsync($"{server.Url}/notes/first"));

        async Task PutAsync(HttpClient client, string name, string text)
        {
            using var note = new StringContent(text);
            Assert.Equal(System.Net.HttpStatusCode.NoContent, (await client.PutAsync($"{server.Url}/notes/{name}", note)).StatusCode);
        }
    }

    [Fact]
    public async Task A_note_whose_request_outlasts_the_hand_over_is_not_lost()
    {
        await using var server = await ServerProcess.StartAsync(ExampleProcess.Program, ["notes", "127.0.0.1:0"]);
        using var slow = new System.Net.Sockets.TcpClient();
        await slow.ConnectAsync((System.Net.IPEndPoint)server.EndPoint);
        using var answer = new StreamReader(slow.GetStream());
        await slow.Client.SendAsync("PUT /notes/slow HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf "u8.ToArray());
        await server.RestartAsync();
        await server.Output.WaitForAsync("stopped accepting; finishing 1 connection(s).");
        await slow.Client.SendAsync("a day"u8.ToArray());
        Assert.Equal("HTTP/1.1 204 No Content", await answer.ReadLineAsync().WaitAsync(Deadline.Default));
        Assert.Equal(0, await server.ExitCodeAsync());
        using var client = NewClient();
        await Deadline.UntilAsync(async () => (await client.GetAsync($"{server.Url}/notes/slow")).IsSuccessStatusCode, "the note has arrived");
        Assert.Equal("half a day", await client.GetStringAsync($"{server.Url}/notes/slow"));
    }

    [Fact]
    public async Task Events_end_whole_for_a_restart()
    {
        await using var server = await ServerProcess.StartAsync(ExampleProcess.Program, ["events", "127.0.0.1:0"]);
        using var client = new HttpClient();
        using var events = new StreamReader(await client.GetStreamAsync(server.Url));
        Assert.Equal("retry: 100", await events.ReadLineAsync().WaitAsync(Deadline.Default));
        await server.RestartAsync();
        var rest = await events.ReadToEndAsync().WaitAsync(Deadline.Default);
        Assert.EndsWith($"from pid {server.FirstPid}\n\n", rest);
        Assert.Equal(0, await server.ExitCodeAsync());
    }

    [Fact]
    public async Task Testserver_counts_its_generations()
    {
        await using var server = await ExampleProcess.TestServerAsync();
        using var client = NewClient();
        Assert.Equal("1", await client.GetStringAsync($"{server.Url}/generation"));
        await server.RestartAsync();
        Assert.Equal(0, await server.ExitCodeAsync());
        Assert.Equal("2", await client.GetStringAsync($"{server.Url}/generation"));
    }

    /// <summary>Keeps no connection that a draining server would have to be patient with.</summary>
    private static HttpClient NewClient() => new() { DefaultRequestHeaders = { ConnectionClose = true } };
}
