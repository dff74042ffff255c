using Endless.Http.Generations;
using Endless.Http.Native;

namespace Endless.Http.Operations;

/// <summary>A limit of what clients may make a process hold, and how it stands.</summary>
/// <param name="Name">As docs/limits.md has it.</param>
/// <param name="Used">What they do make it hold.</param>
/// <param name="Max">The most.</param>
/// <param name="Refused">How often something was refused for it; null where nothing is.</param>
/// <param name="Shed">Connections that were ended for it; null where none are.</param>
internal readonly record struct ProcessLimit(string Name, long Used, long Max, long? Refused = null, long? Shed = null)
{
    /// <summary>All limits of a generation.</summary>
    internal static IEnumerable<ProcessLimit> All(Generation generation) =>
    [
        .. generation.Figures.Budget.All.Select(budget => new ProcessLimit(budget.Name, budget.Used, budget.Limit, budget.Refused, budget.Shed)),
        new("threads", generation.Loops.Workers.Busy, generation.Loops.Workers.Limit),
        new("descriptors", generation.Loops.Connections, DescriptorLimit.ForConnections()),
    ];
}
