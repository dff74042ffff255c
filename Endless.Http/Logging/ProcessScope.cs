using System.Collections;

namespace Endless.Http.Logging;

/// <summary>
/// Which process logs, as the state of a scope: generation and pid, under names that no event uses, since an event about a restart has the <c>Generation</c> and <c>ProcessId</c> of another process.
/// Immutable, and one for all events, so that a scope costs no allocation here.
/// </summary>
internal sealed class ProcessScope(int generation) : IReadOnlyList<KeyValuePair<string, object?>>
{
    private readonly KeyValuePair<string, object?>[] _properties = [new("ServerGeneration", generation), new("ServerProcessId", Environment.ProcessId)];

    public int Count => _properties.Length;

    public KeyValuePair<string, object?> this[int index] => _properties[index];

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => ((IEnumerable<KeyValuePair<string, object?>>)_properties).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>As loggers of text show a scope.</summary>
    public override string ToString() => $"gen {_properties[0].Value} pid {_properties[1].Value}";
}
