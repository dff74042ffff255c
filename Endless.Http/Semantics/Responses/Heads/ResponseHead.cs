namespace Endless.Http.Semantics;

/// <summary>What an encoder needs to write a response's head. Which fields of the handler's go with it, <see cref="ServerResponse.IsSent"/> says.</summary>
internal readonly ref struct ResponseHead
{
    /// <summary>200 to 999, or 101.</summary>
    public required int Status { get; init; }

    /// <inheritdoc cref="ServerResponse.ReasonPhrase"/>
    public string? ReasonPhrase { get; init; }

    /// <summary>The handler's fields as they were when it chose the status.</summary>
    public required ReadOnlySpan<FieldLine> Fields { get; init; }

    /// <summary>What to say in Content-Length: declared by the handler or counted by the server; -1 to say nothing.</summary>
    public required long ContentLength { get; init; }

    /// <summary>A Content-Type to add; null for none.</summary>
    public required string? ContentType { get; init; }

    /// <summary>Whether a Date is to be added.</summary>
    public required bool AddDate { get; init; }

    /// <summary>Whether the status and the method allow a body. Without one, nothing but the end follows.</summary>
    public required bool HasBody { get; init; }

    /// <summary>Nothing follows the head: no byte of a body, no trailer section (HTTP/2's END_STREAM on HEADERS).</summary>
    public required bool IsWhole { get; init; }
}
