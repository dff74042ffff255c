using System.Text.Json;
using Endless.Http;

namespace Endless.Examples.Chat;

/// <summary>
/// Who is in the room, and the last that was said. A hub knows the clients of its own generation alone, and while a restart is on probation both generations have some. So what was said here is passed on to the next
/// generation, and who comes gets it first: pages leave out what they have seen. Thread-safe.
/// </summary>
internal sealed class ChatRoom
{
    private const int Kept = 200; // 600 KB of JSON at the most: a generation can leave 1 MiB
    private const int KnownIds = 10_000; // more than are kept: what was dropped here may still come from the generation before

    private readonly Lock _lock = new();
    private readonly Queue<ChatMessage> _messages = [];
    private readonly HashSet<string> _known = [];
    private readonly Queue<string> _ids = []; // the same, the oldest first
    private readonly Hub<byte[]> _hub = new(new HubOptions { Policy = HubPolicy.DropSubscriber, QueueLength = Kept + 64 });

    /// <summary>Everybody gets it, its sender too; one that was said already, and is sent again, nobody does.</summary>
    public void Say(ChatMessage message)
    {
        lock (_lock) // what is kept and what is sent are in one order
        {
            if (!_known.Add(message.Id)) return;
            _ids.Enqueue(message.Id);
            if (_ids.Count > KnownIds) _known.Remove(_ids.Dequeue());
            _messages.Enqueue(message);
            if (_messages.Count > Kept) _messages.Dequeue();
            _hub.Publish(Bytes(message));
        }
    }

    /// <summary>Somebody comes: what was said, and what is said from now on.</summary>
    public (List<byte[]> Before, HubSubscription<byte[]> FromNowOn) Enter()
    {
        lock (_lock) return ([.. _messages.Select(Bytes)], _hub.Subscribe());
    }

    /// <summary>What the next generation is left.</summary>
    public ReadOnlyMemory<byte> ToNext()
    {
        lock (_lock) return JsonSerializer.SerializeToUtf8Bytes([.. _messages], ChatJson.Default.ListChatMessage);
    }

    /// <summary>What the generation before has left: at the start, when it gives its clients over, and when the last has gone.</summary>
    public void Take(ReadOnlyMemory<byte> state)
    {
        foreach (var message in JsonSerializer.Deserialize(state.Span, ChatJson.Default.ListChatMessage)!) Say(message);
    }

    private static byte[] Bytes(ChatMessage message) => JsonSerializer.SerializeToUtf8Bytes(message, ChatJson.Default.ChatMessage);
}
