using System.Globalization;
using Endless.Http.Semantics;

namespace Endless.Http.AspNetCore.Headers;

/// <summary>The header section of a response, or what follows its body: ASCII, and fixed from a moment on.</summary>
/// <param name="lines">The engine's.</param>
/// <param name="request">Whose response it is.</param>
/// <param name="owner">Knows whether that moment has come; null where it never does.</param>
internal sealed class ResponseFields(FieldLines lines, Request request, IFieldsOwner? owner) : FieldDictionary(lines, request)
{
    protected override bool MayChange => owner?.IsFixed(Lines) != true;

    protected override string Write(string name, string value)
    {
        HeaderText.Check(value);
        if (name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) && !long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            throw new InvalidOperationException($"Invalid Content-Length: \"{value}\". Value must be a positive integral number.");
        return value;
    }
}
