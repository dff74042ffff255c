using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Endless.Http.Handlers.Tests.Json;

public enum Colour
{
    Red,
    Green,
}

public sealed record Line([property: Range(1, 100)] int Count, [property: Required, StringLength(10)] string? Article);

public sealed class Order
{
    [Required, StringLength(20)]
    public required string Customer { get; init; }

    public Colour Colour { get; init; }

    [JsonPropertyName("order-lines")]
    public List<Line> Lines { get; init; } = [];

    public Order? Previous { get; set; }

    public Dictionary<string, int> Stock { get; init; } = [];
}

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web, UseStringEnumConverter = true)]
[JsonSerializable(typeof(Order))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(int[]))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(System.Text.Json.JsonElement))]
public sealed partial class Shop : JsonSerializerContext;
