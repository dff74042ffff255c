namespace Endless.Http.AspNetCore.Hosting.Kestrel;

/// <summary>How a generation restarts whose server is Kestrel.</summary>
/// <param name="StartTimeout">How long the next generation has to start; infinite if negative.</param>
/// <param name="Probation">How long it is watched.</param>
/// <param name="HammerTime">How long this one may take to end, as it tells others. The host's own time ends it.</param>
internal sealed record MemberSettings(TimeSpan StartTimeout, TimeSpan Probation, TimeSpan HammerTime)
{
    /// <summary>Those of the options.</summary>
    public static MemberSettings Of(EndlessRestartOptions options) => new(options.StartTimeout, options.Probation, options.HammerTime ?? EndlessServer.DefaultHammerTime);
}
