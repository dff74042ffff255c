using System.Text.Json;
using Endless.Http;

namespace Endless.Examples.Chat;

/// <summary>
/// A chat over WebSockets. A restart closes them with 1012, and the pages come back to the next generation at once. A page sends again what it has not heard back, under the same identifier, and the room knows it by that: nothing
/// is lost, nothing is said twice.
/// </summary>
internal static class ChatServer
{
    private static readonly WebSocketOptions Options = new() { Subprotocols = { "chat" }, MaxMessageBytes = 4 * 1024 };

    public static void Run(string[] args)
    {
        var room = new ChatRoom();
        if (EndlessProcess.PassedOn("chat") is { } state) room.Take(state);
        using var passing = EndlessProcess.PassOn("chat", room.ToNext, room.Take);

        var mux = new ServeMux();
        mux.Get("/socket", (w, r) => ServeAsync(room, w, r));
        mux.Handle("/", new FileServer(new EmbeddedFiles(typeof(ChatServer).Assembly, "Chat/wwwroot")) { CacheControl = _ => "no-cache" });

        var server = EndlessServer.NewServer(args is [var addr, ..] ? addr : ":8080", mux);
        server.BeforeBegin = Announce.Listening;
        server.ListenAndServe();
    }

    private static async Task ServeAsync(ChatRoom room, ResponseWriter w, Request r)
    {
        await using var socket = await WebSocket.AcceptAsync(w, r, Options);
        if (socket is null) return;
        var (before, fromNowOn) = room.Enter();
        using var subscription = fromNowOn;
        var sending = SendAsync();
        try
        {
            await foreach (var message in socket.Messages())
            {
                if (message.IsText && message.Json(ChatJson.Default.ChatMessage) is { IsAllowed: true } said) room.Say(said);
                else await socket.CloseAsync(WebSocketCloseCodes.PolicyViolation);
            }
        }
        catch (JsonException)
        {
            await socket.CloseAsync(WebSocketCloseCodes.InvalidPayload);
        }
        subscription.Dispose();
        await sending;

        async Task SendAsync()
        {
            foreach (var message in before) await socket.SendTextAsync(message);
            await foreach (var message in subscription.Messages())
                if (!await socket.SendTextAsync(message)) break;
            await socket.CloseAsync(WebSocketCloseCodes.TryAgainLater); // too slow for the others; nothing where it is closed
        }
    }
}
