namespace Endless.Http.Tests.Simulation;

/// <summary>What is searched to the end, small ones first.</summary>
internal static class Searches
{
    private static readonly byte[] RestartAndStop = [Signals.Hup, Signals.Term];
    private static readonly byte[] Every = [Signals.Hup, Signals.Term, Signals.Int, Signals.IntAgain, Signals.Usr2];

    /// <summary>Some seconds of them are in the suite.</summary>
    public static (Limits Limits, byte[] Signals)[] Short { get; } =
    [
        (new Limits(2, Signals: 2, Faults: 0, Connections: 2, IsManaged: true, IsFine: false), Every),
        (new Limits(2, Signals: 2, Faults: 0, Connections: 0, IsManaged: false, IsFine: true), RestartAndStop),
        (new Limits(2, Signals: 1, Faults: 1, Connections: 1, IsManaged: true, IsFine: false), RestartAndStop),
        (new Limits(3, Signals: 3, Faults: 0, Connections: 0, IsManaged: true, IsFine: false), RestartAndStop),
    ];

    public static (Limits Limits, byte[] Signals)[] All { get; } =
    [
        .. Short,
        (new Limits(3, Signals: 3, Faults: 0, Connections: 1, IsManaged: false, IsFine: false), RestartAndStop),
        (new Limits(2, Signals: 2, Faults: 1, Connections: 1, IsManaged: true, IsFine: false), RestartAndStop),
        (new Limits(2, Signals: 2, Faults: 1, Connections: 0, IsManaged: true, IsFine: true), RestartAndStop),
        (new Limits(3, Signals: 2, Faults: 1, Connections: 0, IsManaged: true, IsFine: false), RestartAndStop),
        (new Limits(3, Signals: 2, Faults: 2, Connections: 0, IsManaged: false, IsFine: false), RestartAndStop),
        (new Limits(3, Signals: 3, Faults: 1, Connections: 0, IsManaged: true, IsFine: false), RestartAndStop),
        (new Limits(4, Signals: 4, Faults: 0, Connections: 0, IsManaged: true, IsFine: false), RestartAndStop),
    ];

    public static string Describe(Limits limits, byte[] signals) =>
        $"{limits.Processes} processes, {limits.Signals} of {string.Join('/', signals.Select(signal => Signals.Name(signal)))}, {limits.Faults} faults, {limits.Connections} connections"
        + $"{(limits.IsManaged ? ", managed" : "")}{(limits.IsFine ? ", action by action" : "")}";
}
