using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Endless.Http.WebSockets;

namespace Endless.Http;

public sealed partial class WebSocket
{
    /// <summary>
    /// The next message; null once the socket is closed, for whatever reason: <see cref="CloseCode"/>. Its data is there until the next receive. A cancel loses nothing of a message.
    /// </summary>
    /// <exception cref="InvalidOperationException">Another receive is under way.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> fired.</exception>
    public ValueTask<WebSocketMessage?> ReceiveAsync(CancellationToken cancellationToken = default) => _receiver.ReceiveAsync(inParts: false, cancellationToken);

    /// <summary>
    /// What has come of the next message, or of the one whose last part was not the <see cref="WebSocketMessage.IsEnd">end</see>: so that a message can be longer than memory, or than
    /// <see cref="WebSocketOptions.MaxMessageBytes"/>. Otherwise as <see cref="ReceiveAsync"/>, which gives the rest of a message that was begun so.
    /// </summary>
    /// <inheritdoc cref="ReceiveAsync"/>
    public ValueTask<WebSocketMessage?> ReceivePartAsync(CancellationToken cancellationToken = default) => _receiver.ReceiveAsync(inParts: true, cancellationToken);

    /// <summary>All messages until the socket is closed, as <see cref="ReceiveAsync"/> gives them.</summary>
    /// <inheritdoc cref="ReceiveAsync" path="/exception"/>
    public async IAsyncEnumerable<WebSocketMessage> Messages([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (await ReceiveAsync(cancellationToken).ConfigureAwait(false) is { } message) yield return message;
    }

    /// <summary>
    /// Sends text. False if the socket is closed or closing, and it was not sent; true says that it is on its way, not that the client has it. Where more messages have come already, the answers of
    /// a receive loop may share a packet: they leave when the loop waits, a millisecond or so later at most.
    /// </summary>
    /// <param name="text">UTF-8; not checked.</param>
    /// <param name="cancellationToken">Ends the wait for other messages to be sent. A message that was begun is sent whole.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> fired first.</exception>
    public ValueTask<bool> SendTextAsync(ReadOnlyMemory<byte> text, CancellationToken cancellationToken = default) => _output.SendAsync(Opcode.Text, text, cancellationToken);

    /// <inheritdoc cref="SendTextAsync(ReadOnlyMemory{byte}, CancellationToken)"/>
    /// <param name="text">What is not Unicode (half a surrogate pair) becomes U+FFFD.</param>
    /// <param name="cancellationToken">As above.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> SendTextAsync(string text, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        var bytes = ArrayPool<byte>.Shared.Rent(text.Length <= 1024 ? Encoding.UTF8.GetMaxByteCount(text.Length) : Encoding.UTF8.GetByteCount(text));
        try
        {
            return await _output.SendAsync(Opcode.Text, bytes.AsMemory(0, Encoding.UTF8.GetBytes(text, bytes)), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>Sends bytes.</summary>
    /// <inheritdoc cref="SendTextAsync(ReadOnlyMemory{byte}, CancellationToken)"/>
    public ValueTask<bool> SendBinaryAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default) => _output.SendAsync(Opcode.Binary, data, cancellationToken);

    /// <summary>Sends a message on as it came: text as text, bytes as bytes.</summary>
    /// <inheritdoc cref="SendTextAsync(ReadOnlyMemory{byte}, CancellationToken)"/>
    public ValueTask<bool> SendAsync(WebSocketMessage message, CancellationToken cancellationToken = default) =>
        _output.SendAsync(message.IsText ? Opcode.Text : Opcode.Binary, message.Data, cancellationToken);

    /// <summary>Sends a value as JSON, a text.</summary>
    /// <inheritdoc cref="SendTextAsync(ReadOnlyMemory{byte}, CancellationToken)"/>
    public ValueTask<bool> SendJsonAsync<T>(T value, JsonTypeInfo<T> type, CancellationToken cancellationToken = default) =>
        SendTextAsync(JsonSerializer.SerializeToUtf8Bytes(value, type), cancellationToken);
}
