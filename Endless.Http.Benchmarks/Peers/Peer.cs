using Endless.Http.Load;

namespace Endless.Http.Benchmarks.Peers;

/// <summary>A server to measure: a program that prints <c>Listening on ADDRESS, pid PID</c>.</summary>
/// <param name="Name">As the table calls it.</param>
/// <param name="StartAsync">Starts it on a free port of 127.0.0.1 and waits until it listens.</param>
internal sealed record Peer(string Name, Func<Task<ServerProcess>> StartAsync)
{
    public static Peer Endless { get; } = new("Endless.Http", () => StartBeside("Endless.Examples", "testserver", "--addr", "127.0.0.1:0"));

    public static Peer Kestrel { get; } = new("Kestrel", () => StartBeside("Endless.Http.Benchmarks", KestrelServer.Mode));

    /// <summary>Starts a program that the build put beside this one.</summary>
    private static Task<ServerProcess> StartBeside(string program, params string[] arguments) =>
        ServerProcess.StartAsync(Path.Combine(AppContext.BaseDirectory, program), arguments);
}
