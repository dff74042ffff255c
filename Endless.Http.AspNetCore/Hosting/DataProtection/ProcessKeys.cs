using Microsoft.Extensions.Logging;

namespace Endless.Http.AspNetCore.Hosting.DataProtection;

/// <summary>The keys of this process: one repository for all its hosts, since a name is passed on once.</summary>
internal static class ProcessKeys
{
    /// <summary>Under which they are passed on.</summary>
    private const string Name = "endless.dataprotection";

    private static readonly Lock Gate = new();
    private static PassedOnKeys? _keys;

    /// <summary>With those of the generation before. Made by the first call.</summary>
    /// <param name="logger">For what cannot be read.</param>
    public static PassedOnKeys Get(ILogger logger)
    {
        lock (Gate)
        {
            if (_keys is not null) return _keys;
            var keys = new PassedOnKeys();
            _ = EndlessProcess.PassOn(Name, () => keys.ToBytes(), state => Merge(keys, state, logger));
            if (EndlessProcess.PassedOn(Name) is { } before) Merge(keys, before, logger);
            return _keys = keys;
        }
    }

    private static void Merge(PassedOnKeys keys, ReadOnlyMemory<byte> state, ILogger logger)
    {
        try
        {
            keys.Merge(state);
        }
        catch (Exception e)
        {
            logger.KeysUnreadable(e);
        }
    }
}
