using System.Text;
using Endless.Http.Load;
using Endless.Http.Tests.Processes;
using Mono.Unix.Native;

namespace Endless.Http.AspNetCore.Tests.Hosting;

/// <summary>An application process whose generations behave as the test tells them to (Endless.Http.AspNetCore.TestApp). Dispose of it: that ends every generation.</summary>
internal sealed class HostedApp : IAsyncDisposable
{
    private static readonly string Program = ProgramFile.Of("Endless.Http.AspNetCore.TestApp");

    private static readonly Dictionary<string, string?> Short = new()
    {
        ["Endless__Restart__Probation"] = "00:00:00.500",
        ["Logging__LogLevel__Default"] = "Information",
        ["Logging__LogLevel__Microsoft.AspNetCore"] = "Warning",
        ["Logging__Console__FormatterName"] = "simple",
        ["Logging__Console__FormatterOptions__SingleLine"] = "true",
    };

    private readonly TempDirectory _directory = new();

    private HostedApp() { }

    public ServerProcess Server { get; private set; } = null!;

    public int FirstPid => Server.FirstPid;

    /// <summary>A file of the test's own.</summary>
    public string this[string name] => _directory[name];

    /// <summary>Starts the first generation and waits until its application has started.</summary>
    public static Task<HostedApp> StartAsync(params string[] script) => StartAsync(script, environment: null);

    /// <inheritdoc cref="StartAsync(string[])"/>
    public static async Task<HostedApp> StartAsync(string[] script, Dictionary<string, string?>? environment)
    {
        var app = Start(script, environment);
        try
        {
            await app.Server.ListeningAsync();
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the first generation without waiting for anything.</summary>
    public static HostedApp Start(string[] script, Dictionary<string, string?>? environment)
    {
        var app = new HostedApp();
        app.Script(script);
        var variables = new Dictionary<string, string?>(Short);
        foreach (var (name, value) in environment ?? []) variables[name] = value;
        app.Server = ServerProcess.Start(Program, [app["script"]], variables, app._directory.Path);
        return app;
    }

    /// <summary>What the generations to come do. <c>@NAME</c> is a file of the test's.</summary>
    public void Script(params string[] lines)
    {
        File.WriteAllLines(this["script.new"], [.. lines.Select(line => line.Replace("@", _directory.Path + "/", StringComparison.Ordinal)), $"directory {_directory.Path}"]);
        File.Move(this["script.new"], this["script"], overwrite: true);
    }

    /// <summary>Makes a file for which a generation waits.</summary>
    public void Release(string name) => File.WriteAllText(this[name], "");

    /// <summary>The lines of a file of the test's; none if it is not there.</summary>
    public string[] Lines(string name) => File.Exists(this[name]) ? File.ReadAllLines(this[name]) : [];

    /// <summary>Restarts, and waits until the new generation is alone.</summary>
    public async Task<int> RestartAsync()
    {
        var old = Server.Pid;
        var pid = await Server.RestartAsync();
        await Server.GoneAsync(old);
        return pid;
    }

    /// <summary>Asks for a restart that fails, and waits for the line that says so.</summary>
    public async Task<string> FailingRestartAsync()
    {
        Server.Signal(Signum.SIGHUP);
        return await Server.Output.WaitForAsync("Restart failed: ");
    }

    /// <summary>Something that a generation has said happened.</summary>
    public Task<string> HappensAsync(string what, int generation) => Server.Output.WaitForAsync($"event {what}, generation {generation}, pid ");

    /// <summary>What generations have said happened, in order.</summary>
    public IReadOnlyList<string> Events(int generation) =>
        [.. Server.Output.Lines.Where(line => line.StartsWith("event ", StringComparison.Ordinal) && line.Contains($", generation {generation}, ", StringComparison.Ordinal)).Select(line => line["event ".Length..line.IndexOf(',')])];

    /// <summary>A request on a connection of its own; what was answered.</summary>
    public async Task<string> GetAsync(string target = "/")
    {
        using var connection = await ConnectAsync();
        return await GetAsync(connection, target, close: true);
    }

    public Task<ClientConnection> ConnectAsync() => ClientConnection.ConnectAsync(Server.EndPoint, Deadline.Default);

    public static async Task<string> GetAsync(ClientConnection connection, string target = "/", bool close = false)
    {
        var response = await connection.RequestAsync(Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: x\r\n{(close ? "Connection: close\r\n" : "")}\r\n"));
        Assert.Equal(200, response.Status);
        return Encoding.ASCII.GetString(response.Body.Span);
    }

    /// <summary>Only one generation is there, this one, it serves, and it can be restarted and stopped.</summary>
    public async Task RecoversAsync(string[] script)
    {
        await Deadline.UntilAsync(() => Server.Pids is [var only] && only == FirstPid, "only the first generation is left");
        Assert.StartsWith($"generation 1 pid {FirstPid}", await GetAsync());
        Assert.Empty(Events(1));
        Script(script);
        var pid = await RestartAsync();
        Assert.StartsWith($"generation 2 pid {pid}", await GetAsync());
        Assert.Equal(0, await Server.ExitCodeAsync());
        await Server.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _directory.Dispose();
    }
}
