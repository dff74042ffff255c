using Endless.Http.Tests.Processes;

namespace Endless.Http.Tests.Systemd;

/// <summary>The units that an operator copies.</summary>
public sealed class UnitFileTests
{
    private static string Units => Path.Combine(AppContext.BaseDirectory, "deploy/systemd");

    [Fact]
    public void The_service_has_a_directory_for_pid_file_and_sockets() =>
        Assert.Contains("RuntimeDirectory=myapp", File.ReadAllLines(Path.Combine(Units, "myapp.service")));

    [FactWithTools("systemd-analyze")]
    public async Task systemd_finds_nothing_wrong_with_the_units()
    {
        using var directory = new TempDirectory();
        foreach (var unit in new[] { "myapp.service", "myapp.socket" })
            File.WriteAllText(directory[unit], File.ReadAllText(Path.Combine(Units, unit)).Replace("/srv/myapp/current/myapp", "/bin/true"));
        var (code, output) = await Tool.TryRunAsync("systemd-analyze", "verify", directory["myapp.service"], directory["myapp.socket"]);
        Assert.DoesNotContain("myapp", output);
        Assert.Equal(0, code);
    }
}
