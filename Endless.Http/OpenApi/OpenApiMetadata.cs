using System.Text.Json.Serialization.Metadata;

namespace Endless.Http;

// What OpenApiRoutes hangs on a route.

/// <summary>What a route does.</summary>
internal sealed record OpenApiSummary(string Summary, string? Description);

/// <summary>What a route is filed under.</summary>
internal sealed record OpenApiTags(string[] Tags);

/// <summary>A route is in no document.</summary>
internal sealed class OpenApiHidden
{
    public static readonly OpenApiHidden Instance = new();

    private OpenApiHidden() { }
}

/// <summary>A value of the path or the query.</summary>
internal sealed record OpenApiParameter(string In, string Name, Type Type, string? Description, bool IsRequired)
{
    public static OpenApiParameter Of<T>(string place, string name, string? description, bool isRequired)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new OpenApiParameter(place, name, typeof(T), description, isRequired);
    }
}

/// <summary>The body of a request, whose status is 0, or of a response: of a type that is to be looked up, of one that is known, or none.</summary>
internal sealed record OpenApiBody(int StatusCode, string? Description, Type? Type, JsonTypeInfo? TypeInfo, string ContentType);
