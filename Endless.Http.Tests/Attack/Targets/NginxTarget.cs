using Endless.Http.Tests.Processes;

namespace Endless.Http.Tests.Attack.Targets;

/// <summary>nginx on its defaults, in one process: its workers' figures would have to be looked for.</summary>
/// <param name="directory">For what it writes and serves.</param>
internal sealed class NginxTarget(TempDirectory directory) : Target
{
    private readonly string? _program = Tool.Find("nginx");

    public override string Name => "nginx";

    protected override bool HasTwoAddresses => true;

    protected override IReadOnlyList<string> Paths => ["/quick", "/big", "/read"];

    public override string? Lacks(AttackPlan plan) => _program is null ? "is not installed" : base.Lacks(plan);

    protected override async Task<IReadOnlyList<string>> CommandAsync()
    {
        var (http1, http2) = (FreeEndPoint.Next(), FreeEndPoint.Next());
        await File.WriteAllBytesAsync(directory["big"], new byte[64 * 64 * 1024]);
        await File.WriteAllTextAsync(directory["nginx.conf"], NginxFile.Text(directory, "crit", $$"""
            server {
                listen {{http1}};
                listen {{http2}} http2;
                location = /quick { return 200 quick; }
                location = /read { return 200 0; }
                location = /big { root {{directory.Path}}; }
            }
            """));
        // It says nothing of where it listens; the shell becomes nginx, and keeps its pid.
        var script = $"echo \"Listening on {http1}, pid $$\"; echo \"Listening on {http2}, pid $$\"; exec {_program} {string.Join(' ', NginxFile.Arguments(directory, directory["nginx.conf"]))}";
        return ["/bin/sh", "-c", script];
    }
}
