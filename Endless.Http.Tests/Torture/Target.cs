namespace Endless.Http.Tests.Torture;

/// <summary>Whom a step is about, looked for when its turn comes.</summary>
internal enum Target
{
    /// <summary>The process that the pid file names.</summary>
    PidFile,

    /// <summary>The process that was started first, if it lives.</summary>
    First,

    /// <summary>The one before the newest; the only one where there is but one.</summary>
    Parent,

    /// <summary>The newest, where there is more than one.</summary>
    Child,

    /// <summary>Every process.</summary>
    All,
}

internal static class Targets
{
    public static IReadOnlyList<Member> Of(this Target target, Family family)
    {
        var living = family.Living;
        return target switch
        {
            Target.PidFile when family.PidFileProcess is { } pid => [.. living.Where(member => member.Pid == pid)],
            Target.First => [.. living.Where(member => member.Pid == family.Server.FirstPid)],
            Target.Parent when living.Count > 0 => [living[Math.Max(0, living.Count - 2)]],
            Target.Child when living.Count > 1 => [living[^1]],
            Target.All => living,
            _ => [],
        };
    }
}
