namespace Endless.Http.Load;

/// <summary>In which way a client was failed.</summary>
public enum FailureKind
{
    /// <summary>The connection could not be made.</summary>
    Refused,

    /// <summary>The connection was reset.</summary>
    Reset,

    /// <summary>The connection was closed before a whole response, or between two requests without <c>Connection: close</c> in the last response.</summary>
    ClosedUnannounced,

    /// <summary>The response is not HTTP, or not the one that was due.</summary>
    WrongAnswer,

    /// <summary>No whole response within the time a client waits.</summary>
    Lost,
}

/// <summary>A request that got no right answer.</summary>
public sealed class LoadFailure(FailureKind kind, string message, Exception? inner = null) : Exception(message, inner)
{
    public FailureKind Kind { get; } = kind;
}
