namespace Endless.Examples;

/// <summary>What every example says once it listens; each generation says it again.</summary>
internal static class Announce
{
    public static void Listening(string addr) => Say($"""
        Listening on {addr}, pid {Environment.ProcessId}
        Restart it with: kill -HUP {Environment.ProcessId}
        """);

    /// <summary>A line for whoever looks on. That it cannot be written, to a full disk say, is no reason not to serve: an exception in BeforeBegin would be one.</summary>
    public static void Say(string text)
    {
        try
        {
            Console.WriteLine(text);
        }
        catch (IOException)
        {
        }
    }
}
