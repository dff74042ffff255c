namespace Endless.Examples;

/// <summary>What every example says once it listens; each generation says it again.</summary>
internal static class Announce
{
    public static void Listening(string addr) => Console.WriteLine($"""
        Listening on {addr}, pid {Environment.ProcessId}
        Restart it with: kill -HUP {Environment.ProcessId}
        """);
}
