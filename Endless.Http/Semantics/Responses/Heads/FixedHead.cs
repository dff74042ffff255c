using System.Globalization;

namespace Endless.Http.Semantics;

/// <summary>What the handler chose for a response's head, from the moment on when it can no longer be changed (Go's snapshot at WriteHeader). A mutable struct: a field of its owner.</summary>
internal struct FixedHead()
{
    /// <summary>200 to 999, or 101; 0 as long as nothing is chosen.</summary>
    public int Status { get; private set; }

    /// <summary>The handler's fields as they were.</summary>
    public ReadOnlyMemory<FieldLine> Fields { get; private set; }

    /// <summary>The Content-Length that the handler declared; -1 for none.</summary>
    public long Declared { get; private set; } = -1;

    /// <summary>The status allows a body.</summary>
    public bool AllowsBody { get; private set; } = true;

    /// <summary>A type for the body is guessed from its first bytes: the handler set none, and what it writes is neither encoded nor framed by itself.</summary>
    public readonly bool GuessesType => AllowsBody && !_hasContentType && !_hasContentEncoding && !HasTransferEncoding;

    /// <summary>The handler frames the body by itself, or thinks so: its length is not told.</summary>
    public bool HasTransferEncoding { get; private set; }

    /// <summary>The handler set a Date, or does not want one.</summary>
    public bool HasDate { get; private set; }

    /// <summary>The values of the Trailer field, which announce fields behind the body; null for none.</summary>
    public string? Announced { get; private set; }

    private bool _hasContentType;
    private bool _hasContentEncoding;
    private bool _describesUnchanged;

    /// <summary>What to say in Content-Length where there is no body: 205 has no content either, and says so (RFC 9110 section 15.3.6); 1xx and 204 must not carry the field (section 8.6), 304 may.</summary>
    public readonly long LengthWithoutBody => Status switch
    {
        205 => 0,
        304 when _describesUnchanged => Declared,
        _ => -1,
    };

    /// <summary>What to say in Content-Length of a response that is complete: nothing (-1) where trailers or a transfer coding of the handler's rule it out.</summary>
    /// <param name="counted">Bytes of the body; -1 if that is not known.</param>
    /// <param name="hasTrailers">A trailer section follows.</param>
    public readonly long LengthOf(long counted, bool hasTrailers)
    {
        if (!AllowsBody) return LengthWithoutBody;
        if (Declared >= 0) return Declared;
        return hasTrailers || Announced is not null || HasTransferEncoding ? -1 : counted;
    }

    /// <summary>Fixes the head. False if the header's Content-Length is no number of bytes; it is left out then, as in Go.</summary>
    /// <param name="status">The handler's.</param>
    /// <param name="header">The handler's.</param>
    /// <param name="describesUnchanged">A 304 has the handler's Content-Type and Content-Length.</param>
    public bool TryFix(int status, FieldLines header, bool describesUnchanged)
    {
        Status = status;
        _describesUnchanged = describesUnchanged;
        Fields = header.Snapshot();
        AllowsBody = status is not (101 or 204 or 205 or 304);
        var isValid = true;
        foreach (ref readonly var field in Fields.Span)
        {
            switch (field.Known)
            {
                case KnownField.Other: break;
                case KnownField.ContentLength: isValid &= TryDeclare(field.Value); break;
                case KnownField.ContentType: _hasContentType = true; break;
                case KnownField.ContentEncoding: _hasContentEncoding |= !string.IsNullOrEmpty(field.Value); break;
                case KnownField.TransferEncoding: HasTransferEncoding |= !field.IsSuppressed; break;
                case KnownField.Date: HasDate = true; break;
                case KnownField.Trailer: Announced = Announced is null ? field.Value : Announced + "," + field.Value; break;
            }
        }
        return isValid;
    }

    /// <summary>Whether a field of the handler's is part of the head. Content-Length, which <see cref="ResponseHead.ContentLength"/> stands for, and framing are not.</summary>
    public readonly bool IsSent(in FieldLine field)
    {
        if (field.IsSuppressed || field.Known is KnownField.ContentLength or KnownField.TransferEncoding) return false;
        // 304 speaks of a representation that the client has (Go's suppressedHeaders304).
        if (field.Known == KnownField.ContentType && Status == 304 && !_describesUnchanged) return false;
        if (field.Known != KnownField.Other) return true;
        if (field.Name!.StartsWith(FieldGrammar.TrailerPrefix, StringComparison.Ordinal)) return false;
        return Announced is null || !FieldList.Has(Announced, field.Name);
    }

    /// <summary>Whether a field of the handler's is part of an interim response: not what frames a body, or is to come behind it.</summary>
    public static bool IsSentInAdvance(in FieldLine field) =>
        !field.IsSuppressed && field.Known is not (KnownField.ContentLength or KnownField.TransferEncoding) && !field.Name!.StartsWith(FieldGrammar.TrailerPrefix, StringComparison.Ordinal);

    // A second line replaces the first.
    private bool TryDeclare(string? value)
    {
        if (value is null) return true;
        if (!long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var length)) return false;
        Declared = length;
        return true;
    }
}
