using Endless.Http.Settings;

namespace Endless.Http;

/// <summary>How much <see cref="Middleware.Cache"/> stores. Read when the middleware is made.</summary>
public sealed class CacheOptions
{
    /// <summary>Bytes of memory for everything that is stored, bodies, fields and keys together; what was not asked for the longest makes room. 64 MiB by default.</summary>
    public long MaxBytes { get; set => field = Allowed.OneOrMore(value); } = 64 * 1024 * 1024;

    /// <summary>Bytes of a body that is stored; a larger one passes by. 1 MiB by default.</summary>
    public int MaxEntryBytes { get; set => field = Allowed.OneOrMore(value, 256 * 1024 * 1024); } = 1024 * 1024;

    /// <summary>Request fields that the key has besides scheme, host and target, as if every answer named them in <c>Vary</c>. None by default.</summary>
    public IList<string> KeyFields { get; set => field = Allowed.NotNull(value); } = [];

    /// <summary>The clock, for tests.</summary>
    public TimeProvider Clock { get; set => field = Allowed.NotNull(value); } = TimeProvider.System;
}
