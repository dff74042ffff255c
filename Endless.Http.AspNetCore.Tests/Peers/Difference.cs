namespace Endless.Http.AspNetCore.Tests.Peers;

/// <summary>Something that both servers do, and not the same.</summary>
/// <param name="Case">In which case.</param>
/// <param name="Key">What was observed.</param>
/// <param name="Kestrel">What Kestrel did; null where it did nothing of the kind.</param>
/// <param name="Endless">What Endless.Http did.</param>
internal sealed record Difference(string Case, string Key, string? Kestrel, string? Endless)
{
    public override string ToString() => $"[{Case}] {Key}\n      Kestrel: {Kestrel ?? "-"}\n      Endless: {Endless ?? "-"}";
}
