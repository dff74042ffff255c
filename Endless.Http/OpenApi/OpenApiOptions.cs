using System.Text.Json;

namespace Endless.Http;

/// <summary>What an OpenAPI document says of the whole API, and how it describes types.</summary>
public sealed class OpenApiOptions
{
    /// <summary>The API's name. <c>API</c> by default.</summary>
    public string Title { get; set; } = "API";

    /// <summary>The version of the API, not of OpenAPI. <c>1.0.0</c> by default.</summary>
    public string Version { get; set; } = "1.0.0";

    /// <summary>What the API is for, in Markdown; null, the default, for nothing.</summary>
    public string? Description { get; set; }

    /// <summary>Where the API is, as clients see it: <c>https://api.example/v1</c>. Empty, the default, for where the document came from.</summary>
    public IReadOnlyList<string> Servers { get; set; } = [];

    /// <summary>
    /// How types that were given as such (<c>Returns&lt;Order&gt;()</c>) become JSON; its resolver must know them. Null, the default, for <see cref="JsonSerializerOptions.Web"/>, which knows every type where reflection is
    /// allowed, and none in a program that is trimmed or compiled ahead of time: give the options of a <c>JsonSerializerContext</c> there.
    /// </summary>
    public JsonSerializerOptions? SerializerOptions { get; set; }
}
