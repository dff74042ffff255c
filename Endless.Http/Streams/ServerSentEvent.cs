using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Endless.Http;

/// <summary>An event as clients are sent it, made once for however many of them. Immutable.</summary>
public sealed class ServerSentEvent
{
    private static readonly SearchValues<char> LineEnds = SearchValues.Create("\r\n");
    private static readonly SearchValues<char> Forbidden = SearchValues.Create("\r\n\0");

    /// <param name="data">What pages find in the event's <c>data</c>. Of several lines each is sent as one, and any line end arrives as LF.</param>
    /// <param name="name">The type of event that pages listen for; null for <c>message</c>.</param>
    /// <param name="id">What the client says when it comes back: <see cref="ServerSentEvents.LastEventId"/>. Null leaves it at what it was, and an empty one forgets it.</param>
    /// <exception cref="ArgumentException">Event injection: the name or the id holds a CR, LF or NUL, so that it would end its line, or not be taken.</exception>
    public ServerSentEvent(string data, string? name = null, string? id = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        (Data, Name, Id) = (data, name, id);
        var bytes = new ArrayBufferWriter<byte>(data.Length + 32);
        if (id is not null) WriteField(bytes, "id: "u8, Checked(id, nameof(id)));
        if (name is not null) WriteField(bytes, "event: "u8, Checked(name, nameof(name)));
        WriteLines(bytes, "data: "u8, data);
        bytes.Write("\n"u8);
        Encoded = bytes.WrittenSpan.ToArray();
    }

    /// <summary>As given.</summary>
    public string Data { get; }

    /// <summary>As given.</summary>
    public string? Name { get; }

    /// <summary>As given.</summary>
    public string? Id { get; }

    /// <summary>As it is sent.</summary>
    internal ReadOnlyMemory<byte> Encoded { get; }

    /// <summary>An event whose data is a value as JSON.</summary>
    /// <inheritdoc cref="ServerSentEvent(string, string?, string?)"/>
    public static ServerSentEvent Json<T>(T value, JsonTypeInfo<T> type, string? name = null, string? id = null) => new(JsonSerializer.Serialize(value, type), name, id);

    /// <summary>A comment, which pages do not see.</summary>
    internal static ReadOnlyMemory<byte> Comment(string text)
    {
        var bytes = new ArrayBufferWriter<byte>(text.Length + 8);
        WriteLines(bytes, ": "u8, text);
        bytes.Write("\n"u8);
        return bytes.WrittenMemory;
    }

    private static string Checked(string value, string name) =>
        !value.AsSpan().ContainsAny(Forbidden) ? value : throw new ArgumentException($"The {name} of an event must not hold CR, LF or NUL: it is one line.", name);

    private static void WriteLines(ArrayBufferWriter<byte> bytes, ReadOnlySpan<byte> field, ReadOnlySpan<char> text)
    {
        while (true)
        {
            var end = text.IndexOfAny(LineEnds);
            WriteField(bytes, field, end < 0 ? text : text[..end]);
            if (end < 0) return;
            text = text[(end + (text[end..].StartsWith("\r\n") ? 2 : 1))..];
        }
    }

    private static void WriteField(ArrayBufferWriter<byte> bytes, ReadOnlySpan<byte> field, ReadOnlySpan<char> value)
    {
        bytes.Write(field);
        Encoding.UTF8.GetBytes(value, bytes);
        bytes.Write("\n"u8);
    }
}
