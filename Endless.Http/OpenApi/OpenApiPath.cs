using System.Text;

namespace Endless.Http;

/// <summary>A pattern's path as OpenAPI has it: <c>{rest...}</c> is <c>{rest}</c>, and <c>/x/{$}</c> is <c>/x/</c>.</summary>
internal sealed class OpenApiPath
{
    private OpenApiPath(string template, string shape, List<string> names)
    {
        Template = template;
        Shape = shape;
        Names = names;
    }

    /// <summary>The path with its wildcards.</summary>
    public string Template { get; }

    /// <summary>The same without the wildcards' names: two paths of one shape are one path to OpenAPI, whatever they call them.</summary>
    public string Shape { get; }

    /// <summary>The wildcards' names, in order.</summary>
    public List<string> Names { get; }

    public static OpenApiPath Of(Route route)
    {
        var template = new StringBuilder();
        var shape = new StringBuilder();
        var names = new List<string>();
        foreach (var segment in route.Path[1..].Split('/'))
        {
            template.Append('/');
            shape.Append('/');
            if (segment == "{$}") continue;
            if (segment is ['{', .. var name, '}'])
            {
                if (name.EndsWith("...", StringComparison.Ordinal)) name = name[..^3];
                names.Add(name);
                template.Append('{').Append(name).Append('}');
                shape.Append("{}");
                continue;
            }
            template.Append(segment);
            shape.Append(segment);
        }
        return new OpenApiPath(template.ToString(), shape.ToString(), names);
    }
}
