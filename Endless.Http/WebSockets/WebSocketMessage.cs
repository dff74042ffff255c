using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Endless.Http;

/// <summary>A message of a WebSocket's client, or a part of one.</summary>
public readonly struct WebSocketMessage
{
    internal WebSocketMessage(ReadOnlyMemory<byte> data, bool isText, bool isEnd) => (Data, IsText, IsEnd) = (data, isText, isEnd);

    /// <summary>The message, in UTF-8 if it is text. Until the next receive, or until the socket was disposed of: the memory is used again then. Copy what is to be kept.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>It is text, and right UTF-8 (a part of one may begin and end within a character); else bytes.</summary>
    public bool IsText { get; }

    /// <summary>The message ends with it: always, but for <see cref="WebSocket.ReceivePartAsync"/>.</summary>
    public bool IsEnd { get; }

    /// <summary>The message as text; made anew each time. What is not UTF-8 becomes U+FFFD.</summary>
    public string Text => Encoding.UTF8.GetString(Data.Span);

    /// <summary>The message read as JSON.</summary>
    /// <exception cref="JsonException">It is not JSON, or not such a value.</exception>
    public T? Json<T>(JsonTypeInfo<T> type) => JsonSerializer.Deserialize(Data.Span, type);
}
