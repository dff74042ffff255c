using System.Runtime.CompilerServices;
using System.Text.Json;
using Endless.Http.Settings;

namespace Endless.Http;

/// <summary>What a client may send as JSON. Set before the first use, then thread-safe: keep one object for all requests, since what is known of types is kept in it.</summary>
public sealed class JsonReadOptions
{
    private readonly ConditionalWeakTable<JsonSerializerOptions, JsonSerializerOptions> _strict = [];

    /// <summary>What holds where no options are given.</summary>
    internal static JsonReadOptions Default { get; } = new();

    /// <summary>Bytes of a whole body, 1 MiB by default; more is answered with 413. Of a sequence: of one element.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 1.</exception>
    public int MaxBytes { get; set => field = Allowed.OneOrMore(value, int.MaxValue); } = 1024 * 1024;

    /// <summary>How many arrays and objects there may be within each other, 32 by default; more is answered with 400. Each costs stack where it is read.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 1 or above 1,000.</exception>
    public int MaxDepth { get; set => field = Allowed.OneOrMore(value, 1000); } = 32;

    /// <summary>Elements of a sequence, a million by default, -1 for any number; more is answered with 413.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below -1.</exception>
    public long MaxElements { get; set => field = Allowed.ZeroOrMoreOrNone(value); } = 1_000_000;

    /// <summary>
    /// A member may be there twice. False by default, and answered with 400: of two programs one takes the first and the other the last, so that what one checked is not what the other does (RFC 8259 section 4).
    /// True leaves it to the options of the type.
    /// </summary>
    public bool AllowDuplicateProperties { get; set; }

    /// <summary>The options of a type, as strict as these.</summary>
    internal JsonSerializerOptions Strict(JsonSerializerOptions options) =>
        _strict.TryGetValue(options, out var strict) ? strict : _strict.GetValue(options, original =>
        {
            var made = new JsonSerializerOptions(original) { MaxDepth = MaxDepth };
            if (!AllowDuplicateProperties) made.AllowDuplicateProperties = false;
            made.MakeReadOnly();
            return made;
        });
}
