namespace Endless.Http.Semantics;

/// <summary>One line of a section: strings where a handler gave them or asked for them, else slices of the bytes received.</summary>
internal struct FieldLine
{
    public string? Name;
    public string? Value;
    public int NameStart;
    public int NameLength;
    public int ValueStart;
    public int ValueLength;
    public KnownField Known;

    /// <summary>Stands for a field that a handler does not want the server to add.</summary>
    public bool IsSuppressed;
}
