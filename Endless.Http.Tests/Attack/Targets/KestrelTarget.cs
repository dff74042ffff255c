namespace Endless.Http.Tests.Attack.Targets;

/// <summary>Kestrel, on its defaults.</summary>
internal sealed class KestrelTarget : Target
{
    public override string Name => "Kestrel";

    protected override bool HasTwoAddresses => true;

    protected override IReadOnlyList<string> Paths => ["/quick", "/block", "/big", "/big-sync", "/read", "/throw"];

    protected override Task<IReadOnlyList<string>> CommandAsync() => Task.FromResult<IReadOnlyList<string>>(["dotnet", typeof(KestrelTarget).Assembly.Location, KestrelProgram.Mode]);
}
