using Endless.Http.Semantics;

namespace Endless.Http.AspNetCore.Headers;

/// <summary>The fields of a request, UTF-8. Middleware may change them.</summary>
internal sealed class RequestFields(FieldLines lines, Request request) : FieldDictionary(lines, request)
{
    protected override bool MayChange => true;

    protected override string Read(string value) => HeaderText.Decode(value);

    protected override string Write(string name, string value) => HeaderText.Encode(value);
}
