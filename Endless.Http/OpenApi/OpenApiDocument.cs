using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Endless.Http;

/// <summary>Writes OpenAPI 3.1 documents. Thread-safe.</summary>
internal sealed class OpenApiDocument
{
    // The operations of a path item (OpenAPI 3.1 section 4.8.9), in its order.
    private static readonly string[] Methods = ["GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE"];

    private readonly string _title;
    private readonly string _version;
    private readonly string? _description;
    private readonly string[] _servers;
    private readonly JsonSerializerOptions _serializerOptions;

    public OpenApiDocument(OpenApiOptions options)
    {
        _title = options.Title ?? throw new ArgumentException("An API has a title: set OpenApiOptions.Title.", nameof(options));
        _version = options.Version ?? throw new ArgumentException("An API has a version: set OpenApiOptions.Version.", nameof(options));
        _description = options.Description;
        _servers = [.. options.Servers ?? []];
        _serializerOptions = options.SerializerOptions ?? MakeSerializerOptions();
    }

    // Reflection, where a program is allowed it: never in one that is trimmed or compiled ahead of time, unless it has asked for that and knows what of its types is kept.
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Behind IsReflectionEnabledByDefault, which is a constant false in trimmed programs.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "As above.")]
    private static JsonSerializerOptions MakeSerializerOptions() => new(JsonSerializerDefaults.Web)
    {
        NumberHandling = default, // numbers are written as such
        TypeInfoResolver = JsonSerializer.IsReflectionEnabledByDefault ? new DefaultJsonTypeInfoResolver() : JsonTypeInfoResolver.Combine(),
    };

    /// <summary>The document of some routes, without one of them.</summary>
    public byte[] Write(IReadOnlyList<Route> routes, Route? own)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true });
        var schemas = new OpenApiSchemas(_serializerOptions);
        json.WriteStartObject();
        json.WriteString("openapi", "3.1.0");
        json.WriteStartObject("info");
        json.WriteString("title", _title);
        if (_description is not null) json.WriteString("description", _description);
        json.WriteString("version", _version);
        json.WriteEndObject();
        if (_servers.Length > 0) WriteServers(json, _servers);
        WritePaths(json, schemas, routes, own);
        schemas.WriteComponents(json);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static void WritePaths(Utf8JsonWriter json, OpenApiSchemas schemas, IReadOnlyList<Route> routes, Route? own)
    {
        var items = new List<(OpenApiPath Path, List<Route> Routes)>();
        var byShape = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var route in routes)
        {
            if (route.Pattern == own?.Pattern || Array.IndexOf(Methods, route.Method) < 0 || route.Get<OpenApiHidden>() is not null) continue;
            var path = OpenApiPath.Of(route);
            if (!byShape.TryGetValue(path.Shape, out var index))
            {
                byShape.Add(path.Shape, index = items.Count);
                items.Add((path, []));
            }
            // Of routes that differ in their host alone, a document has room for the first.
            if (!items[index].Routes.Exists(other => other.Method == route.Method)) items[index].Routes.Add(route);
        }

        var operationIds = new HashSet<string>(StringComparer.Ordinal);
        json.WriteStartObject("paths");
        foreach (var (path, routesOfPath) in items)
        {
            json.WriteStartObject(path.Template);
            foreach (var method in Methods)
            {
                if (routesOfPath.Find(one => one.Method == method) is not { } route) continue;
                if (route.Name.Length > 0 && !operationIds.Add(route.Name)) throw new InvalidOperationException($"Two routes are named {route.Name}, the second \"{route.Pattern}\": an operationId is one operation's.");
                json.WriteStartObject(method.ToLowerInvariant());
                WriteOperation(json, schemas, route, path);
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static void WriteOperation(Utf8JsonWriter json, OpenApiSchemas schemas, Route route, OpenApiPath path)
    {
        var tags = new List<string>();
        OpenApiBody? request = null;
        var responses = new SortedDictionary<int, List<OpenApiBody>>();
        foreach (var metadata in route.Metadata)
        {
            switch (metadata)
            {
                case OpenApiTags found:
                    foreach (var tag in found.Tags)
                        if (!tags.Contains(tag)) tags.Add(tag);
                    break;
                case OpenApiBody { StatusCode: 0 } body:
                    request = body;
                    break;
                case OpenApiBody response:
                    if (!responses.TryGetValue(response.StatusCode, out var bodies)) responses.Add(response.StatusCode, bodies = []);
                    bodies.Add(response);
                    break;
            }
        }

        if (tags.Count > 0)
        {
            json.WriteStartArray("tags");
            foreach (var tag in tags) json.WriteStringValue(tag);
            json.WriteEndArray();
        }
        if (route.Get<OpenApiSummary>() is { } summary)
        {
            json.WriteString("summary", summary.Summary);
            if (summary.Description is not null) json.WriteString("description", summary.Description);
        }
        if (route.Name.Length > 0) json.WriteString("operationId", route.Name);
        WriteParameters(json, schemas, route, path);
        if (request is not null)
        {
            json.WriteStartObject("requestBody");
            json.WriteBoolean("required", true);
            WriteContent(json, schemas, [request]);
            json.WriteEndObject();
        }
        json.WriteStartObject("responses");
        foreach (var (status, bodies) in responses)
        {
            json.WriteStartObject(status.ToString(CultureInfo.InvariantCulture));
            json.WriteString("description", bodies.Find(body => body.Description is not null)?.Description ?? ((HttpStatusCode)status).ToString());
            WriteContent(json, schemas, bodies);
            json.WriteEndObject();
        }
        if (responses.Count == 0)
        {
            json.WriteStartObject("default");
            json.WriteString("description", "Not described.");
            json.WriteEndObject();
        }
        json.WriteEndObject();
        if (route.Host.Length > 0) WriteServers(json, ["//" + route.Host]);
    }

    private static void WriteParameters(Utf8JsonWriter json, OpenApiSchemas schemas, Route route, OpenApiPath path)
    {
        var own = OpenApiPath.Of(route).Names;
        var told = new Dictionary<(string In, string Name), OpenApiParameter>();
        foreach (var metadata in route.Metadata)
        {
            if (metadata is not OpenApiParameter parameter) continue;
            if (parameter.In == "path" && !own.Contains(parameter.Name)) throw new InvalidOperationException($"The pattern \"{route.Pattern}\" has no wildcard named {parameter.Name}, and a PathParameter of it is described.");
            told[(parameter.In, parameter.Name)] = parameter; // the last wins
        }
        if (own.Count == 0 && told.Count == 0) return;
        json.WriteStartArray("parameters");
        for (var i = 0; i < own.Count; i++) // named as the path is in the document: by the first route of its shape
            WriteParameter(json, schemas, told.GetValueOrDefault(("path", own[i])) ?? new OpenApiParameter("path", own[i], typeof(string), null, true), path.Names[i]);
        foreach (var parameter in told.Values)
            if (parameter.In == "query") WriteParameter(json, schemas, parameter, parameter.Name);
        json.WriteEndArray();
    }

    private static void WriteParameter(Utf8JsonWriter json, OpenApiSchemas schemas, OpenApiParameter parameter, string name)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("in", parameter.In);
        if (parameter.Description is not null) json.WriteString("description", parameter.Description);
        if (parameter.IsRequired) json.WriteBoolean("required", true);
        json.WritePropertyName("schema");
        schemas.WriteValue(json, parameter.Type);
        json.WriteEndObject();
    }

    private static void WriteContent(Utf8JsonWriter json, OpenApiSchemas schemas, List<OpenApiBody> bodies)
    {
        var written = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var body in bodies)
        {
            if (body.Type is null && body.TypeInfo is null) continue;
            if (!written.Add(body.ContentType)) continue; // one schema for each media type: the first
            if (written.Count == 1) json.WriteStartObject("content");
            json.WriteStartObject(body.ContentType);
            json.WritePropertyName("schema");
            if (body.TypeInfo is not null) schemas.Write(json, body.TypeInfo);
            else schemas.Write(json, body.Type!);
            json.WriteEndObject();
        }
        if (written.Count > 0) json.WriteEndObject();
    }

    private static void WriteServers(Utf8JsonWriter json, ReadOnlySpan<string> urls)
    {
        json.WriteStartArray("servers");
        foreach (var url in urls)
        {
            json.WriteStartObject();
            json.WriteString("url", url);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
