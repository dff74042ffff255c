using System.Text;
using Endless.Http.Load;
using Endless.Http.Tests.Processes;
using Mono.Unix.Native;

namespace Endless.Http.Tests.Restart;

/// <summary>
/// A server process whose generations behave as the test tells them to (Endless.Http.RestartApp), started through a link in a directory
/// of the test's, so that the program, too, can be replaced. Dispose of it: that ends every generation.
/// </summary>
internal sealed class RestartApp : IAsyncDisposable
{
    private static readonly string Real = ProgramFile.Of("Endless.Http.RestartApp");

    private readonly TempDirectory _directory = new();

    private RestartApp() { }

    public ServerProcess Server { get; private set; } = null!;

    public int Pid => Server.FirstPid;

    /// <summary>A file of the test's own.</summary>
    public string this[string name] => _directory[name];

    /// <summary>Starts the first generation by a script and waits until it listens.</summary>
    public static Task<RestartApp> StartAsync(params string[] script) => StartAsync(script, program: app => app["app"]);

    /// <inheritdoc cref="StartAsync(string[])"/>
    public static Task<RestartApp> StartAsync(
        string[] script, Func<RestartApp, string> program, string[]? arguments = null, Func<RestartApp, string>? directory = null, Dictionary<string, string?>? environment = null) =>
        StartAsync(_ => script, program, arguments, directory, environment);

    /// <inheritdoc cref="StartAsync(string[])"/>
    public static async Task<RestartApp> StartAsync(
        Func<RestartApp, IReadOnlyList<string>> scriptOf, Func<RestartApp, string> program, string[]? arguments = null, Func<RestartApp, string>? directory = null, Dictionary<string, string?>? environment = null)
    {
        var app = new RestartApp();
        var script = scriptOf(app);
        app.Script([.. script]);
        app.Link("app", Real);
        app.Server = ServerProcess.Start(program(app), [app["script"], .. arguments ?? []], environment, directory?.Invoke(app) ?? app._directory.Path);
        try
        {
            await app.Server.ListeningAsync(script.Count(line => line.StartsWith("serve ")));
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>What the generations to come will do. One that is about to read it reads the old or the new.</summary>
    public void Script(params string[] lines)
    {
        File.WriteAllLines(this["script.new"], lines);
        File.Move(this["script.new"], this["script"], overwrite: true);
    }

    /// <summary>The program from now on: the real one again, without an argument.</summary>
    public void ReplaceProgram(string? target = null) => Link("app", target ?? Real);

    /// <summary>A file that can be executed.</summary>
    public string Executable(string name, string text) => ExecutableFile.Write(this[name], text);

    /// <summary>A request that is under way in the server, and ends once <see cref="Release"/> is called with its name.</summary>
    public async Task<Task<string>> BeginAsync(string name, string path = "/wait")
    {
        var before = Server.Output.Lines.Count(HasBegun);
        var request = GetAsync($"{path}?{this[name]}");
        await Server.Output.WaitForAsync(HasBegun, before + 1);
        return request;

        static bool HasBegun(string line) => line.Contains(" begins, pid");
    }

    /// <summary>Makes a file for which the server waits: a request of that name, or a script.</summary>
    public void Release(string name) => File.WriteAllText(this[name], "");

    /// <summary>Makes or switches a link, atomically.</summary>
    public void Link(string name, string target)
    {
        File.CreateSymbolicLink(this[name + ".new"], target);
        Assert.Equal(0, Syscall.rename(this[name + ".new"], this[name])); // File.Move does not move a link to a directory
    }

    /// <summary>A request on a connection of its own; what the server answered.</summary>
    public async Task<string> GetAsync(string target = "/", string? address = null)
    {
        using var connection = await ConnectAsync(address);
        return await GetAsync(connection, target, close: true);
    }

    public Task<ClientConnection> ConnectAsync(string? address = null) =>
        ClientConnection.ConnectAsync(ServerProcess.EndPointOf(address ?? Server.Addresses[0]), Deadline.Default);

    public static async Task<string> GetAsync(ClientConnection connection, string target = "/", bool close = false)
    {
        var response = await connection.RequestAsync(Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: x\r\n{(close ? "Connection: close\r\n" : "")}\r\n"));
        Assert.Equal(200, response.Status);
        return Encoding.ASCII.GetString(response.Body.Span);
    }

    /// <summary>Asks for a restart that fails, and waits for the line that says so.</summary>
    public async Task<string> FailingRestartAsync()
    {
        var before = Server.Output.Lines.Count(IsFailure);
        Server.Signal(Signum.SIGHUP);
        return (await Server.Output.WaitForAsync(IsFailure, before + 1))[^1];

        static bool IsFailure(string line) => line.Contains(" Restart failed: ");
    }

    /// <summary>Restarts, and waits until the new generation is alone.</summary>
    public async Task<int> RestartAsync()
    {
        var old = Server.Pid;
        var pid = await Server.RestartAsync();
        await Server.GoneAsync(old);
        return pid;
    }

    public Task SaysAsync(string text) => Server.Output.WaitForAsync(text);

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _directory.Dispose();
    }
}
