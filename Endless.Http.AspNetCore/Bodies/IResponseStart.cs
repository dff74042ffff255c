namespace Endless.Http.AspNetCore.Bodies;

/// <summary>What happens before the first byte of a response: its callbacks run, and its head is fixed.</summary>
internal interface IResponseStart
{
    /// <summary>The head is fixed.</summary>
    bool HasStarted { get; }

    /// <summary>Fixes the head, if it is not.</summary>
    ValueTask StartAsync();
}
