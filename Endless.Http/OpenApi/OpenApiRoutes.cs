using System.Text.Json.Serialization.Metadata;

namespace Endless.Http;

/// <summary>Descriptions of routes for <see cref="OpenApi"/>: <c>mux.Get("/orders/{id}", ...).Summary("One order").PathParameter&lt;int&gt;("id").Returns&lt;Order&gt;()</c>. They are metadata of the route and change nothing of what it does.</summary>
public static class OpenApiRoutes
{
    /// <summary>Says what the route does.</summary>
    /// <param name="route">The route.</param>
    /// <param name="summary">In a few words.</param>
    /// <param name="description">In more, in Markdown; null for nothing.</param>
    /// <returns>The route.</returns>
    public static Route Summary(this Route route, string summary, string? description = null)
    {
        ArgumentNullException.ThrowIfNull(summary);
        return Add(route, new OpenApiSummary(summary, description));
    }

    /// <summary>Files the route under names, beside those of its group.</summary>
    /// <returns>The route.</returns>
    public static Route Tags(this Route route, params ReadOnlySpan<string> tags) => Add(route, new OpenApiTags(tags.ToArray()));

    /// <summary>Files the routes that the group gets from now on under names.</summary>
    /// <returns>The group.</returns>
    public static RouteGroup Tags(this RouteGroup group, params ReadOnlySpan<string> tags)
    {
        ArgumentNullException.ThrowIfNull(group);
        return group.With(new OpenApiTags(tags.ToArray()));
    }

    /// <summary>Says the type of a wildcard of the pattern, which is a string otherwise.</summary>
    /// <typeparam name="T">As for <see cref="RequestValues.PathValue{T}"/>.</typeparam>
    /// <param name="route">The route.</param>
    /// <param name="name">The wildcard's name.</param>
    /// <param name="description">What it is, in Markdown; null for nothing.</param>
    /// <returns>The route.</returns>
    public static Route PathParameter<T>(this Route route, string name, string? description = null) => Add(route, OpenApiParameter.Of<T>("path", name, description, isRequired: true));

    /// <summary>Says that the route looks at a key of the query.</summary>
    /// <typeparam name="T">As for <see cref="RequestValues.QueryValue{T}(Request, string)"/>.</typeparam>
    /// <param name="route">The route.</param>
    /// <param name="name">The key.</param>
    /// <param name="description">What it is, in Markdown; null for nothing.</param>
    /// <param name="isRequired">The route answers 400 without it.</param>
    /// <returns>The route.</returns>
    public static Route QueryParameter<T>(this Route route, string name, string? description = null, bool isRequired = false) => Add(route, OpenApiParameter.Of<T>("query", name, description, isRequired));

    /// <summary>Says what the request's body is.</summary>
    /// <typeparam name="T">A type that <see cref="OpenApiOptions.SerializerOptions"/> knows.</typeparam>
    /// <param name="route">The route.</param>
    /// <param name="contentType">Its media type.</param>
    /// <returns>The route.</returns>
    public static Route Accepts<T>(this Route route, string contentType = "application/json") => Add(route, new OpenApiBody(0, null, typeof(T), null, Checked(contentType)));

    /// <summary>Says what the request's body is.</summary>
    /// <param name="route">The route.</param>
    /// <param name="type">Of a <c>JsonSerializerContext</c>: <c>AppJson.Default.Order</c>.</param>
    /// <param name="contentType">Its media type.</param>
    /// <returns>The route.</returns>
    public static Route Accepts(this Route route, JsonTypeInfo type, string contentType = "application/json") => Add(route, new OpenApiBody(0, null, null, Checked(type), Checked(contentType)));

    /// <summary>Says that the route may answer with a status, and nothing that a client would read.</summary>
    /// <param name="route">The route.</param>
    /// <param name="statusCode">200 to 599.</param>
    /// <param name="description">When it does; null for the status's own words.</param>
    /// <returns>The route.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The status is none of a final response.</exception>
    public static Route Returns(this Route route, int statusCode, string? description = null) => Add(route, new OpenApiBody(Checked(statusCode), description, null, null, ""));

    /// <summary>Says what the route answers with.</summary>
    /// <typeparam name="T">A type that <see cref="OpenApiOptions.SerializerOptions"/> knows.</typeparam>
    /// <inheritdoc cref="Returns(Route, JsonTypeInfo, int, string?, string)"/>
    public static Route Returns<T>(this Route route, int statusCode = 200, string? description = null, string contentType = "application/json") =>
        Add(route, new OpenApiBody(Checked(statusCode), description, typeof(T), null, Checked(contentType)));

    /// <summary>Says what the route answers with.</summary>
    /// <param name="route">The route.</param>
    /// <param name="type">Of a <c>JsonSerializerContext</c>: <c>AppJson.Default.Order</c>.</param>
    /// <param name="statusCode">200 to 599.</param>
    /// <param name="description">When it does; null for the status's own words.</param>
    /// <param name="contentType">The body's media type.</param>
    /// <returns>The route.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The status is none of a final response.</exception>
    public static Route Returns(this Route route, JsonTypeInfo type, int statusCode = 200, string? description = null, string contentType = "application/json") =>
        Add(route, new OpenApiBody(Checked(statusCode), description, null, Checked(type), Checked(contentType)));

    /// <summary>Leaves the route out of documents.</summary>
    /// <returns>The route.</returns>
    public static Route Hide(this Route route) => Add(route, OpenApiHidden.Instance);

    private static Route Add(Route route, object metadata)
    {
        ArgumentNullException.ThrowIfNull(route);
        return route.With(metadata);
    }

    private static int Checked(int statusCode) => statusCode is >= 200 and <= 599 ? statusCode
        : throw new ArgumentOutOfRangeException(nameof(statusCode), statusCode, "The status of a final response is 200 to 599 (RFC 9110 section 15).");

    private static string Checked(string contentType)
    {
        ArgumentException.ThrowIfNullOrEmpty(contentType);
        return contentType;
    }

    private static JsonTypeInfo Checked(JsonTypeInfo type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return type;
    }
}
