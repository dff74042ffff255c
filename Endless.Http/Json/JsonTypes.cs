using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Endless.Http.Json;

/// <summary>What is known of a type by reflection.</summary>
internal static class JsonTypes
{
    /// <summary>Of a type, with the web's defaults where no options are given.</summary>
    [RequiresUnreferencedCode("Looks at the members of a type."), RequiresDynamicCode("Makes code for a type.")]
    public static JsonTypeInfo<T> Of<T>(JsonSerializerOptions? options)
    {
        options ??= JsonSerializerOptions.Web;
        options.MakeReadOnly(populateMissingResolver: true);
        return (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
    }
}
