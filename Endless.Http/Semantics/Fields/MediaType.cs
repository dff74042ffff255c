namespace Endless.Http.Semantics;

/// <summary>A media type with its parameters, as in Content-Type (RFC 9110 section 8.3.1): <c>multipart/form-data; boundary="a b"</c>.</summary>
/// <remarks>Over the text that it was read from; nothing is copied but the value of a parameter that is asked for.</remarks>
internal readonly ref struct MediaType
{
    private readonly ReadOnlySpan<char> _parameters;

    private MediaType(ReadOnlySpan<char> name, ReadOnlySpan<char> parameters)
    {
        Name = name;
        _parameters = parameters;
    }

    /// <summary>Type and subtype, as sent: <c>text/html</c>. Empty where there is none.</summary>
    public ReadOnlySpan<char> Name { get; }

    /// <summary>Whether type and subtype are these, without case.</summary>
    public bool Is(ReadOnlySpan<char> name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the subtype ends with this, such as <c>+json</c> (RFC 6838 section 4.2.8), without case.</summary>
    public bool HasSuffix(ReadOnlySpan<char> suffix) => Name.EndsWith(suffix, StringComparison.OrdinalIgnoreCase);

    /// <summary>Takes a field value apart.</summary>
    /// <returns>False if it does not begin with type and subtype; what is wrong with the parameters shows when one is asked for.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out MediaType type)
    {
        type = default;
        var end = text.IndexOf(';');
        var name = (end < 0 ? text : text[..end]).Trim(" \t");
        var slash = name.IndexOf('/');
        if (slash < 0 || !FieldGrammar.IsToken(name[..slash]) || !FieldGrammar.IsToken(name[(slash + 1)..])) return false;
        type = new MediaType(name, end < 0 ? [] : text[(end + 1)..]);
        return true;
    }

    /// <summary>The value of a parameter, without its quotes; null if it is absent, malformed, or there twice with different values: two recipients could each see another one.</summary>
    public string? Parameter(ReadOnlySpan<char> name)
    {
        string? found = null;
        foreach (var parameter in FieldList.Elements(_parameters, ';'))
        {
            var equals = parameter.IndexOf('=');
            if (equals < 0 || !parameter[..equals].Equals(name, StringComparison.OrdinalIgnoreCase)) continue;
            if (Unquote(parameter[(equals + 1)..]) is not { } value || (found is not null && found != value)) return null;
            found = value;
        }
        return found;
    }

    /// <summary>A token, or a quoted string without its quotes (section 5.6.4); null if it is neither.</summary>
    public static string? Unquote(ReadOnlySpan<char> value)
    {
        if (value is not ['"', ..]) return FieldGrammar.IsToken(value) ? value.ToString() : null;
        if (value.Length < 2 || value[^1] != '"') return null;
        var inside = value[1..^1];
        if (inside.IndexOfAny('\\', '"') < 0) return inside.ToString();
        var plain = new char[inside.Length];
        var length = 0;
        for (var i = 0; i < inside.Length; i++)
        {
            if (inside[i] == '"') return null;
            if (inside[i] == '\\' && ++i == inside.Length) return null;
            plain[length++] = inside[i];
        }
        return new string(plain, 0, length);
    }
}
