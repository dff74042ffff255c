using System.Diagnostics;
using Endless.Http.Tests.Processes;

namespace Endless.Http.Tests.Attack.Targets;

/// <summary>Go's net/http on its defaults (<c>attack.go</c>), compiled by the Go toolchain of the machine. HTTP/1.1 only: before 1.24 its library has no HTTP/2 in the clear.</summary>
/// <param name="directory">For what the compiler makes.</param>
internal sealed class GoTarget(TempDirectory directory) : Target
{
    private readonly string? _go = Tool.Find("go");

    public override string Name => "Go net/http";

    protected override IReadOnlyList<string> Paths => ["/quick", "/block", "/big", "/big-sync", "/read", "/throw"];

    public override string? Lacks(AttackPlan plan)
    {
        if (_go is null) return "is not installed";
        return plan.IsHttp2 ? "has no HTTP/2 in the clear" : base.Lacks(plan);
    }

    protected override async Task<IReadOnlyList<string>> CommandAsync()
    {
        var program = directory["attack"];
        if (!File.Exists(program)) await BuildAsync(program);
        return [program];
    }

    private async Task BuildAsync(string program)
    {
        var start = new ProcessStartInfo(_go!, ["build", "-o", program, Path.Combine(AppContext.BaseDirectory, "Attack", "Targets", "attack.go")]);
        start.Environment["GO111MODULE"] = "off"; // nothing from the network
        start.Environment["GOCACHE"] = directory["go-cache"];
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{_go} did not start");
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{_go} did not compile attack.go.");
    }
}
