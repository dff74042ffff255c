using Endless.Http.Load;

namespace Endless.Http.Tests.Processes;

/// <summary>The examples' program as a server of its own process, on whatever port it gets. Dispose of it: that ends every generation.</summary>
internal static class ExampleProcess
{
    /// <summary>The program.</summary>
    public static string Program { get; } = ProgramFile.Of("Endless.Examples");

    /// <summary>Of <c>testserver</c>'s restarts, in milliseconds: clients meet both generations in it, and of more of it most tests would only see more waiting.</summary>
    public const string Probation = "500";

    /// <summary>Starts <c>testserver</c> on 127.0.0.1 and waits until it listens.</summary>
    public static Task<ServerProcess> TestServerAsync(params string[] options) => TestServerOnAsync(["127.0.0.1:0"], options);

    /// <summary>Starts <c>testserver</c> on several addresses and waits until it listens on all.</summary>
    public static Task<ServerProcess> TestServerOnAsync(string[] addresses, params string[] options) =>
        ServerProcess.StartAsync(Program, ["testserver", .. addresses.SelectMany(addr => (string[])["--addr", addr]), "--probation", Probation, .. options], addresses.Length);
}
