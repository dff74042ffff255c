using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;

namespace Endless.Http;

/// <summary>The schemas of one document: objects and lists stand once among its components, and are referred to. Schemas are .NET's own (<see cref="JsonSchemaExporter"/>), of JSON Schema 2020-12, as OpenAPI 3.1 has them.</summary>
internal sealed class OpenApiSchemas(JsonSerializerOptions options)
{
    private static readonly JsonSchemaExporterOptions Exporting = new() { TreatNullObliviousAsNonNullable = true };

    private readonly SortedDictionary<string, JsonNode> _components = new(StringComparer.Ordinal);
    private readonly Dictionary<JsonTypeInfo, string> _names = [];

    /// <summary>The schema of a type that the options know, or a reference to it.</summary>
    /// <exception cref="InvalidOperationException">They do not know it.</exception>
    public void Write(Utf8JsonWriter json, Type type)
    {
        JsonTypeInfo info;
        try
        {
            info = options.GetTypeInfo(type);
        }
        catch (NotSupportedException unknown)
        {
            throw new InvalidOperationException($"No JSON type information for {type}: set OpenApiOptions.SerializerOptions to those of a JsonSerializerContext that has it, or give its JsonTypeInfo in place of the type.", unknown);
        }
        Write(json, info);
    }

    /// <inheritdoc cref="Write(Utf8JsonWriter, Type)"/>
    public void Write(Utf8JsonWriter json, JsonTypeInfo type)
    {
        if (type.Kind == JsonTypeInfoKind.None)
        {
            type.GetJsonSchemaAsNode(Exporting).WriteTo(json);
            return;
        }
        json.WriteStartObject();
        json.WriteString("$ref", "#/components/schemas/" + ComponentOf(type));
        json.WriteEndObject();
    }

    /// <summary>The schema of a value in a path or a query, which is text.</summary>
    public void WriteValue(Utf8JsonWriter json, Type type)
    {
        var (kind, format) = KindOf(Nullable.GetUnderlyingType(type) ?? type);
        json.WriteStartObject();
        json.WriteString("type", kind);
        if (format.Length > 0) json.WriteString("format", format);
        json.WriteEndObject();
    }

    /// <summary>Writes what was referred to.</summary>
    public void WriteComponents(Utf8JsonWriter json)
    {
        if (_components.Count == 0) return;
        json.WriteStartObject("components");
        json.WriteStartObject("schemas");
        foreach (var (name, schema) in _components)
        {
            json.WritePropertyName(name);
            schema.WriteTo(json);
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private string ComponentOf(JsonTypeInfo type)
    {
        if (_names.TryGetValue(type, out var known)) return known;
        var plain = NameOf(type.Type);
        var name = plain;
        for (var i = 2; _components.ContainsKey(name); i++) name = plain + i;
        var schema = type.GetJsonSchemaAsNode(Exporting);
        Rebase(schema, "#/components/schemas/" + name);
        _names.Add(type, name);
        _components.Add(name, schema);
        return name;
    }

    /// <summary>A type that refers to itself does so from its schema's root, which is not the document's.</summary>
    private static void Rebase(JsonNode? node, string root)
    {
        switch (node)
        {
            case JsonArray array:
                foreach (var item in array) Rebase(item, root);
                break;
            case JsonObject schema:
                if (schema.TryGetPropertyValue("$ref", out var reference) && reference is JsonValue value && value.TryGetValue<string>(out var text) && text.StartsWith('#')) schema["$ref"] = root + text[1..];
                foreach (var (_, inner) in schema) Rebase(inner, root);
                break;
        }
    }

    /// <summary>A name of a component: letters, digits, dots, dashes and underscores (OpenAPI 3.1 section 4.8.7).</summary>
    private static string NameOf(Type type)
    {
        if (type.IsArray) return "ArrayOf" + NameOf(type.GetElementType()!);
        var name = new StringBuilder();
        foreach (var c in type.Name)
        {
            if (c == '`') break;
            name.Append(char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '_');
        }
        var arguments = type.GenericTypeArguments;
        for (var i = 0; i < arguments.Length; i++) name.Append(i == 0 ? "Of" : "And").Append(NameOf(arguments[i]));
        return name.ToString();
    }

    private static (string Kind, string Format) KindOf(Type type) =>
        type == typeof(int) ? ("integer", "int32")
        : type == typeof(long) ? ("integer", "int64")
        : type == typeof(short) || type == typeof(byte) || type == typeof(sbyte) || type == typeof(ushort) || type == typeof(uint) || type == typeof(ulong) ? ("integer", "")
        : type == typeof(double) ? ("number", "double")
        : type == typeof(float) ? ("number", "float")
        : type == typeof(decimal) ? ("number", "")
        : type == typeof(bool) ? ("boolean", "")
        : type == typeof(Guid) ? ("string", "uuid")
        : type == typeof(DateOnly) ? ("string", "date")
        : type == typeof(DateTime) || type == typeof(DateTimeOffset) ? ("string", "date-time")
        : ("string", "");
}
