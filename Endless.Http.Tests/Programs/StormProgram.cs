namespace Endless.Http.Tests.Programs;

/// <summary>A handler as people write them, and what its clients may see.</summary>
/// <param name="Name">The first segment of its path; its route is <c>/NAME/{id}</c>.</param>
/// <param name="Serve">The handler, over the public API alone.</param>
internal sealed record StormProgram(string Name, Func<ResponseWriter, Request, Visit, Task> Serve)
{
    /// <summary>The body of a request.</summary>
    public Func<Visit, byte[]> Body { get; init; } = visit => Tagged.Make(visit.Id, Tagged.Request, visit.Length);

    /// <summary>Null if a body may be the answer, whole or with false the beginning of one; else what is wrong with it.</summary>
    public Func<Visit, byte[], bool, string?> Check { get; init; } = Exactly(visit => visit.Answer);

    /// <summary>Bytes of a request's body.</summary>
    public int MaxBody { get; init; } = 300_000;

    /// <summary>Bytes of the answer where the program makes it up.</summary>
    public int MaxAnswer { get; init; } = 100_000;

    /// <summary>Does wrong, and so its own answer may be a 500 or be cut. Never another's, and never without a line in the log.</summary>
    public bool MayBreak { get; init; }

    /// <summary>Does wrong, and so its connection may end behind its answer (HTTP/1), without a word if that was sent already.</summary>
    public bool MayClose
    {
        get => field || MayBreak || Hijacks;
        init;
    }

    /// <summary>Does wrong in a way that leaves no whole answer.</summary>
    public bool NeverWhole { get; init; }

    /// <summary>Breaks its answer by a means that is documented to log nothing.</summary>
    public bool IsSilent { get; init; }

    /// <summary>Reads its request to the end: a client that leaves within the body must have it fail.</summary>
    public bool ReadsAll { get; init; }

    /// <summary>Takes the connection over (HTTP/1).</summary>
    public bool Hijacks { get; init; }

    /// <summary>How often it is chosen, beside others.</summary>
    public int Weight { get; init; } = 10;

    public static Func<Visit, byte[], bool, string?> Exactly(Func<Visit, byte[]> expected) => (visit, body, isWhole) => Tagged.Difference(expected(visit), body, isPrefix: !isWhole);

    /// <summary>What came is what was sent.</summary>
    public static Func<Visit, byte[], bool, string?> Echo { get; } = Exactly(visit => visit.Sent);
}
