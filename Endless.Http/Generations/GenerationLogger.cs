using Endless.Http.Logging;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Generations;

/// <summary>Where a generation logs: to the first server's logger, if it has one of its own. What happens after the last server's end goes there too.</summary>
internal sealed class GenerationLogger(GenerationMembers members, int number)
{
    private readonly ConsoleLogger _default = new(number);
    private readonly ProcessScope _process = new(number);
    private GuardedLogger? _guarded;

    /// <summary>The logger at this moment.</summary>
    internal ILogger Current => members.Logger is { } own ? Guard(own) : members.All is [] ? _guarded as ILogger ?? _default : _default;

    /// <summary>Where a server of the generation logs: to its own logger, if it has one.</summary>
    internal ILogger Of(ILogger? own)
    {
        if (own is null) return Current;
        return _guarded is { } guarded && guarded.Guarded == own ? guarded : Wrap(own);
    }

    private GuardedLogger Guard(ILogger own)
    {
        if (_guarded is { } guarded && guarded.Guarded == own) return guarded;
        return _guarded = Wrap(own);
    }

    private GuardedLogger Wrap(ILogger own) => new(own, _default, _process);
}
