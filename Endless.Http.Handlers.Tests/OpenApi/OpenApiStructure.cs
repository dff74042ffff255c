using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Endless.Http.Handlers.Tests.OpenApi;

/// <summary>What OpenAPI 3.1 demands of a document, as far as ours has it: section 4.8 of the specification.</summary>
internal static partial class OpenApiStructure
{
    private static readonly string[] Operations = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

    public static void Assert(JsonNode document)
    {
        var root = Object(document, ["openapi", "info", "servers", "paths", "components"]);
        Xunit.Assert.Matches(@"^3\.1\.\d+$", (string?)root["openapi"]);
        var info = Object(root["info"], ["title", "description", "version"]);
        Xunit.Assert.NotNull((string?)info["title"]);
        Xunit.Assert.NotNull((string?)info["version"]);
        Servers(root["servers"]);
        var ids = new HashSet<string>();
        var shapes = new HashSet<string>();
        foreach (var (path, item) in Object(root["paths"]))
        {
            Xunit.Assert.StartsWith("/", path, StringComparison.Ordinal);
            Xunit.Assert.True(shapes.Add(Template().Replace(path, "{}")), $"{path} is there twice.");
            string[] names = [.. Template().Matches(path).Select(match => match.Groups[1].Value)];
            foreach (var (method, operation) in Object(item, Operations)) Operation(method, Object(operation), names, ids);
        }
        if (root["components"] is { } components)
            foreach (var (name, _) in Object(Object(components, ["schemas"])["schemas"]))
                Xunit.Assert.Matches("^[a-zA-Z0-9._-]+$", name);
        References(root, root);
    }

    private static void Operation(string method, JsonObject operation, string[] names, HashSet<string> ids)
    {
        Object(operation, ["tags", "summary", "description", "operationId", "parameters", "requestBody", "responses", "servers"]);
        Servers(operation["servers"]);
        if (operation["tags"] is { } tags) Xunit.Assert.Equal(tags.AsArray().Count, tags.AsArray().Select(tag => (string?)tag).Distinct().Count());
        if ((string?)operation["operationId"] is { } id) Xunit.Assert.True(ids.Add(id), $"{id} is there twice.");
        var parameters = operation["parameters"]?.AsArray() ?? [];
        foreach (var parameter in parameters)
        {
            Object(parameter, ["name", "in", "description", "required", "schema"]);
            Xunit.Assert.Contains((string?)parameter!["in"], (string[])["path", "query"]);
            if ((string?)parameter["in"] == "path") Xunit.Assert.True((bool?)parameter["required"]);
            Xunit.Assert.NotNull(parameter["schema"]);
        }
        Xunit.Assert.Equal(names, parameters.Where(parameter => (string?)parameter!["in"] == "path").Select(parameter => (string?)parameter!["name"]));
        Xunit.Assert.Equal(parameters.Count, parameters.Select(parameter => ((string?)parameter!["in"], (string?)parameter["name"])).Distinct().Count());
        if (operation["requestBody"] is { } body) Content(Object(body, ["required", "content"])["content"], method);
        var responses = Object(operation["responses"]);
        Xunit.Assert.NotEmpty(responses);
        foreach (var (status, response) in responses)
        {
            Xunit.Assert.Matches("^([1-5][0-9][0-9]|default)$", status);
            Xunit.Assert.NotNull((string?)Object(response, ["description", "content"])["description"]);
            if (response!["content"] is { } content) Content(content, method);
        }
    }

    private static void Content(JsonNode? content, string where)
    {
        foreach (var (type, media) in Object(content))
        {
            Xunit.Assert.Contains('/', type);
            Xunit.Assert.True(Object(media, ["schema"])["schema"] is JsonObject, $"{where} {type} has no schema.");
        }
    }

    private static void Servers(JsonNode? servers)
    {
        foreach (var server in servers?.AsArray() ?? []) Xunit.Assert.NotNull((string?)Object(server, ["url"])["url"]);
    }

    private static void References(JsonNode root, JsonNode? node)
    {
        if (node is JsonArray array)
        {
            foreach (var item in array) References(root, item);
            return;
        }
        if (node is not JsonObject all) return;
        foreach (var (name, value) in all)
        {
            if (name != "$ref" || value is not JsonValue)
            {
                References(root, value);
                continue;
            }
            var found = root;
            foreach (var step in ((string)value!).TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries))
                found = found is JsonArray list ? list[int.Parse(step)] : found?[step.Replace("~1", "/").Replace("~0", "~")];
            Xunit.Assert.True(found is JsonObject, $"{value} leads nowhere.");
        }
    }

    private static JsonObject Object(JsonNode? node, string[]? fields = null)
    {
        var found = Xunit.Assert.IsType<JsonObject>(node);
        if (fields is not null) Xunit.Assert.Empty(found.Select(field => field.Key).Except(fields));
        return found;
    }

    [GeneratedRegex(@"\{([^}]*)\}")]
    private static partial Regex Template();
}
