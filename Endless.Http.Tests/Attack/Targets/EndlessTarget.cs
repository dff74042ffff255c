namespace Endless.Http.Tests.Attack.Targets;

/// <summary>This server.</summary>
internal sealed class EndlessTarget : Target
{
    public override string Name => "Endless.Http";

    protected override IReadOnlyList<string> Paths => ["/quick", "/block", "/big", "/big-sync", "/read", "/throw", "/metrics"];

    protected override Task<IReadOnlyList<string>> CommandAsync() => Task.FromResult<IReadOnlyList<string>>(["dotnet", typeof(EndlessTarget).Assembly.Location, EndlessProgram.Mode]);
}
