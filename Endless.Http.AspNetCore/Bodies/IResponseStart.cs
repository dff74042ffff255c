namespace Endless.Http.AspNetCore.Bodies;

/// <summary>What happens before the first byte of a response: its callbacks run, and its head is fixed.</summary>
internal interface IResponseStart
{
    /// <summary>The head is fixed.</summary>
    bool HasStarted { get; }

    /// <summary>The length that the head says; -1 for none. Once it is fixed.</summary>
    long DeclaredLength { get; }

    /// <summary>The status has no body (RFC 9110 section 6.4.1). Once it is fixed.</summary>
    bool ForbidsBody { get; }

    /// <summary>Fixes the head, if it is not.</summary>
    ValueTask StartAsync();
}
