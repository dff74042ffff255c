using System.Text;

namespace Endless.Http.Semantics;

/// <summary>Why the server refuses a request, or its handler has it do so: the status it answers, and what it says to the client. Immutable; of the server's own, made once for each reason.</summary>
/// <param name="Status">400 to 599.</param>
/// <param name="Reason">One line. The server's own are fixed texts: they repeat nothing that the client sent.</param>
internal sealed record Rejection(int Status, string Reason)
{
    /// <summary>What describes a body that is not sent, where the server answers in place of a handler: everything else that middleware has set stays.</summary>
    public static readonly string[] FieldsOfBody =
    [
        "Content-Length", "Content-Type", "Content-Encoding", "Content-Language", "Content-Location", "Content-Range", "Content-Disposition", "Transfer-Encoding", "Trailer",
        "ETag", "Last-Modified", "Accept-Ranges", "Cache-Control", "Expires",
    ];

    /// <summary>What the response's body says: a line of plain text.</summary>
    public string Text { get; } = $"{Status} {Encoding.ASCII.GetString(ReasonPhrase.Of(Status))}: {Reason}\n";
}
