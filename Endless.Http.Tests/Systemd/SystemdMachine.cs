using System.Diagnostics;
using System.Runtime.InteropServices;
using Endless.Http.Load;
using Endless.Http.Tests.Processes;

namespace Endless.Http.Tests.Systemd;

/// <summary>
/// The real systemd as PID 1 of its own PID, mount, UTS and control group namespace, with nothing to manage but the units it is given; the network is shared.
/// </summary>
/// <remarks>
/// It sees /tmp, /var/tmp and /run as its own and everything else read-only, and no units of the real system: neither systemd-tmpfiles nor
/// anything else can reach what is outside. It ends with its PID 1, and with it all that runs in it.
/// </remarks>
internal sealed class SystemdMachine : IAsyncDisposable
{
    public const string Init = "/lib/systemd/systemd";

    // The directories of the machine: what is shared with the test, the examples' program, and its runtime.
    private const string Shared = "/run/shared";
    private const string App = "/run/app";
    private const string Runtime = "/run/dotnet";

    private readonly TempDirectory _directory = new();
    private readonly string _controlGroup = $"endless-{Guid.NewGuid():N}";
    private readonly Process _process;

    private SystemdMachine()
    {
        File.SetUnixFileMode(_directory.Path, (UnixFileMode)0b111_101_101); // the services run as users of their own
        Directory.CreateDirectory(_directory["units"]);
        File.WriteAllText(_directory["units/endless.target"], "[Unit]\nDescription=Nothing\n");
        File.WriteAllText(_directory["console"], "");
        File.CreateSymbolicLink(_directory["current"], $"{App}/Endless.Examples");
        var boot = $"""
            set -e
            mount --make-rprivate /
            mount -t proc proc /proc
            mount -t tmpfs -o mode=755 tmpfs /run
            mkdir {Shared} {App} {Runtime} /run/cgroup
            mount --bind {_directory.Path} {Shared}
            mount --bind {Path.GetDirectoryName(ExampleProcess.Program)} {App}
            mount --bind {Path.GetFullPath("../../..", RuntimeEnvironment.GetRuntimeDirectory())} {Runtime}
            mount -t tmpfs tmpfs /tmp
            mount -t tmpfs tmpfs /var/tmp
            mount -t cgroup2 cgroup2 /run/cgroup
            mkdir /run/cgroup/{_controlGroup}
            echo $$ > /run/cgroup/{_controlGroup}/cgroup.procs
            umount /run/cgroup
            mount --bind {Shared}/console /dev/console
            mount -o remount,bind,ro /
            exec unshare --cgroup sh -c 'umount -R /sys/fs/cgroup; mount -t cgroup2 cgroup2 /sys/fs/cgroup &&
                exec env -i container=lxc PATH=/usr/sbin:/usr/bin:/sbin:/bin SYSTEMD_UNIT_PATH={Shared}/units {Init} --system --unit=endless.target --show-status=no'
            """;
        _process = Process.Start(new ProcessStartInfo(Tool.Find("unshare")!, ["--pid", "--fork", "--kill-child", "--mount", "--uts", "sh", "-c", boot]))!;
    }

    /// <summary>What the services printed, for a failure's message.</summary>
    public string Log => File.Exists(_directory["log"]) ? File.ReadAllText(_directory["log"]) : "";

    /// <summary>A test's command line for <c>testserver</c> in the machine.</summary>
    public static string TestServer(string options) => $"{Shared}/current testserver {options}";

    /// <summary>Puts another program in the place of <c>testserver</c>'s, for the next start.</summary>
    public void Deploy(string script)
    {
        File.Move(ExecutableFile.Write(_directory["next"], script), _directory["current"], overwrite: true);
    }

    public static async Task<SystemdMachine> BootAsync()
    {
        var machine = new SystemdMachine();
        try
        {
            await Deadline.UntilAsync(() => machine._process.HasExited || machine.InitPid() is not null, "systemd runs");
            await Deadline.UntilAsync(async () => machine._process.HasExited || (await machine.SystemctlAsync("is-active", "endless.target")).Code == 0, "systemd has booted");
            Assert.False(machine._process.HasExited, machine.Log);
            return machine;
        }
        catch
        {
            await machine.DisposeAsync();
            throw;
        }
    }

    /// <summary>A shipped unit with some of its lines replaced, and what is peculiar to this machine.</summary>
    public async Task AddUnitAsync(string name, params (string Line, string By)[] changes)
    {
        var unit = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "deploy/systemd", name));
        foreach (var (line, by) in changes)
        {
            Assert.Contains(line, unit);
            unit = unit.Replace(line, by);
        }
        // Dependencies by default lead to units of a whole system, sysinit.target and what it brings.
        unit = unit.Replace("[Unit]", "[Unit]\nDefaultDependencies=no");
        unit = unit.Replace("[Service]", $"[Service]\nEnvironment=DOTNET_ROOT={Runtime}\nStandardOutput=append:{Shared}/log\nStandardError=append:{Shared}/log");
        await File.WriteAllTextAsync(_directory[$"units/{name}"], unit);
        await RunAsync("daemon-reload");
    }

    /// <summary>systemctl, which must succeed.</summary>
    public async Task RunAsync(params string[] arguments)
    {
        var (code, output) = await SystemctlAsync(arguments);
        Assert.True(code == 0, $"systemctl {string.Join(' ', arguments)}: {output}\n{Log}");
    }

    public Task<(int Code, string Output)> SystemctlAsync(params string[] arguments) => InsideAsync(["systemctl", "--no-pager", .. arguments]);

    /// <summary>A unit's property.</summary>
    public async Task<string> ShowAsync(string unit, string property) => (await SystemctlAsync("show", unit, "--value", "--property", property)).Output.Trim();

    /// <summary>Runs a program in the machine.</summary>
    public Task<(int Code, string Output)> InsideAsync(params string[] command) => Tool.TryRunAsync("nsenter", ["-t", $"{InitPid()}", "-m", "-p", "-u", "-C", .. command]);

    public async ValueTask DisposeAsync()
    {
        _process.Kill(); // unshare's --kill-child takes systemd along, and that its namespace
        await _process.WaitForExitAsync();
        _process.Dispose();
        // The group's directories outlive it; they can go when the last process of the namespace has.
        const string remove = "mount -t cgroup2 cgroup2 /mnt && find /mnt/$0 -depth -type d -exec rmdir {} +";
        await Deadline.UntilAsync(async () => (await Tool.TryRunAsync("unshare", "--mount", "sh", "-c", remove, _controlGroup)).Code == 0, "the control group is removed");
        _directory.Dispose();
    }

    /// <summary>systemd as the outside numbers it; null until it has replaced the shell.</summary>
    private int? InitPid()
    {
        try
        {
            var child = File.ReadAllText($"/proc/{_process.Id}/task/{_process.Id}/children").Trim();
            return child.Length > 0 && File.ReadAllText($"/proc/{child}/comm").Trim() == "systemd" ? int.Parse(child) : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
