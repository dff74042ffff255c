using System.Text.Json;
using System.Text.Json.Serialization;

namespace Endless.Examples.Chat;

/// <summary>What somebody has said.</summary>
/// <param name="Id">Chosen at random by the page that sends it, so that a message that is sent again after a restart is known.</param>
/// <param name="Text">The text.</param>
internal sealed record ChatMessage(string Id, string Text)
{
    public const int MaxIdLength = 64;
    public const int MaxTextLength = 500;

    public bool IsAllowed => Id.Length is > 0 and <= MaxIdLength && Text.Length is > 0 and <= MaxTextLength;
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ChatMessage))]
[JsonSerializable(typeof(List<ChatMessage>))]
internal sealed partial class ChatJson : JsonSerializerContext;
