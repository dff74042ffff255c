using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Endless.Http.Json;

/// <summary>Looks at a value and at the objects in it, each once, by the attributes of their types.</summary>
[RequiresUnreferencedCode("Looks at the members of types and their attributes.")]
internal sealed class AnnotationWalk(Action<string, string> add, Func<int> count)
{
    private const int MostDeep = 32;
    private const int MostErrors = 100;

    private readonly HashSet<object> _visited = new(ReferenceEqualityComparer.Instance);

    /// <summary>Looks at a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="path">Its name; empty for the outermost.</param>
    /// <param name="depth">How many it is in.</param>
    public void Visit(object value, string path, int depth)
    {
        if (depth > MostDeep || count() >= MostErrors || IsPlain(value.GetType())) return;
        if (!value.GetType().IsValueType && !_visited.Add(value)) return; // a circle
        if (value is IEnumerable elements)
        {
            VisitElements(elements, path, depth);
            return;
        }
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(value, new ValidationContext(value), results, validateAllProperties: true);
        var properties = value.GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public);
        foreach (var result in results)
        {
            var named = false;
            foreach (var member in result.MemberNames)
            {
                named = true;
                add(Within(path, NameOf(properties, member)), result.ErrorMessage ?? "is not valid");
            }
            if (!named) add(path, result.ErrorMessage ?? "is not valid");
        }
        foreach (var property in properties)
        {
            if (property.GetMethod is not { IsPublic: true } || property.GetIndexParameters().Length > 0 || IsPlain(property.PropertyType)) continue;
            if (property.GetValue(value) is { } inner) Visit(inner, Within(path, NameOf(property)), depth + 1);
        }
    }

    private void VisitElements(IEnumerable elements, string path, int depth)
    {
        if (elements is IDictionary entries)
        {
            foreach (DictionaryEntry entry in entries)
                if (entry.Value is { } inner) Visit(inner, $"{path}[{entry.Key}]", depth + 1);
            return;
        }
        var index = 0;
        foreach (var element in elements)
        {
            if (element is not null) Visit(element, $"{path}[{index}]", depth + 1);
            index++;
        }
    }

    private static string Within(string path, string member) => path.Length == 0 ? member : $"{path}.{member}";

    private static string NameOf(PropertyInfo[] properties, string member)
    {
        foreach (var property in properties)
            if (property.Name == member) return NameOf(property);
        return JsonNamingPolicy.CamelCase.ConvertName(member);
    }

    private static string NameOf(PropertyInfo property) => property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? JsonNamingPolicy.CamelCase.ConvertName(property.Name);

    /// <summary>It has no members with rules: numbers, text, times, whatever else is of .NET itself, and collections of those.</summary>
    private static bool IsPlain(Type type)
    {
        if (type.IsPrimitive || type.IsEnum || type.IsPointer || type.IsByRefLike || type == typeof(string) || typeof(Delegate).IsAssignableFrom(type)) return true;
        if (type.IsArray) return IsPlain(type.GetElementType()!);
        if (type.Namespace is not { } space || (space != "System" && !space.StartsWith("System.", StringComparison.Ordinal))) return false;
        return !typeof(IEnumerable).IsAssignableFrom(type) || space == "System.Text.Json.Nodes" || (type.IsGenericType && Array.TrueForAll(type.GetGenericArguments(), IsPlain));
    }
}
