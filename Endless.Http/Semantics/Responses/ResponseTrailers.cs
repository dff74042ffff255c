using Microsoft.Extensions.Logging;

namespace Endless.Http.Semantics;

/// <summary>
/// The trailer section of a response: the handler's <see cref="ResponseWriter.Trailers"/>, and, as in Go, header keys with the prefix <c>Trailer:</c> and those
/// that the Trailer field announced.
/// </summary>
internal static class ResponseTrailers
{
    /// <summary>What to send, null if there is nothing. Called when the handler is done.</summary>
    /// <param name="trailers">The handler's trailer section.</param>
    /// <param name="header">Its header section.</param>
    /// <param name="announced">The value of its Trailer field.</param>
    /// <param name="logger">Told of a name that may not stand there.</param>
    /// <param name="request">Whose response it is, for the log.</param>
    public static FieldLines? Collect(FieldLines? trailers, FieldLines header, string? announced, ILogger logger, Request? request)
    {
        FieldLines? section = null;
        if (trailers is not null)
        {
            foreach (ref readonly var field in trailers.Fields)
                if (!field.IsSuppressed) Add(ref section, field.Name!, field.Value!, logger, request);
        }

        // On the plaintext path this walks a handful of fields and compares one character of each.
        foreach (ref readonly var field in header.Fields)
        {
            if (field.IsSuppressed || field.Known != KnownField.Other) continue;
            var name = field.Name!;
            if (name.StartsWith(FieldGrammar.TrailerPrefix, StringComparison.Ordinal)) Add(ref section, name[FieldGrammar.TrailerPrefix.Length..], field.Value!, logger, request);
            else if (announced is not null && FieldList.Has(announced, name)) Add(ref section, name, field.Value!, logger, request);
        }
        return section;
    }

    private static void Add(ref FieldLines? section, string name, string value, ILogger logger, Request? request)
    {
        if (TrailerFields.IsForbidden(name)) logger.ForbiddenTrailer(request!, name);
        else (section ??= new FieldLines()).Add(name, value);
    }
}
