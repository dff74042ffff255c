using Endless.Http.Semantics;

namespace Endless.Http.AspNetCore.Headers;

/// <summary>Whose sections <see cref="ResponseFields"/> are.</summary>
internal interface IFieldsOwner
{
    /// <summary>The section was sent, or is about to be: it cannot be changed.</summary>
    bool IsFixed(FieldLines lines);
}
