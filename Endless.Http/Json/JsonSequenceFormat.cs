namespace Endless.Http;

/// <summary>How a sequence of values is written in JSON.</summary>
public enum JsonSequenceFormat
{
    /// <summary>One array: <c>application/json</c>.</summary>
    Array,

    /// <summary>A value on each line, for a reader that takes one after the other: <c>application/x-ndjson</c>, known as JSON Lines too.</summary>
    Lines,
}
