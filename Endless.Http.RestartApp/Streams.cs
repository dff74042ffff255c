using System.Globalization;

namespace Endless.Http.RestartApp;

/// <summary>The server's own WebSockets and event streams, as an application uses them: they come to their end by themselves when their generation leaves.</summary>
internal static class Streams
{
    /// <summary>Answers each message with itself and its pid.</summary>
    public static async Task EchoAsync(ResponseWriter w, Request r)
    {
        await using var socket = await WebSocket.AcceptAsync(w, r);
        if (socket is null) return;
        await foreach (var message in socket.Messages()) await socket.SendTextAsync($"{message.Text} {Environment.ProcessId}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"socket ended with {socket.CloseCode}, pid {Environment.ProcessId}"));
    }

    /// <summary>Counts from the last number that the client has seen.</summary>
    public static async Task CountAsync(ResponseWriter w, Request r)
    {
        await using var events = ServerSentEvents.Start(w, r, new ServerSentEventsOptions { Retry = TimeSpan.FromMilliseconds(10) });
        _ = int.TryParse(events.LastEventId, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        while (await events.SendAsync($"{Environment.ProcessId}", id: (++number).ToString(CultureInfo.InvariantCulture))) await events.DelayAsync(TimeSpan.FromMilliseconds(2));
    }
}
