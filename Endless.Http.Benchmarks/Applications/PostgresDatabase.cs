using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Endless.Http.Benchmarks.Loads;
using Mono.Unix.Native;
using Npgsql;

namespace Endless.Http.Benchmarks.Applications;

/// <summary>PostgreSQL with one table, in a directory of its own, gone with it. The applications' processes find it by an environment variable.</summary>
internal sealed class PostgresDatabase : IAsyncDisposable
{
    /// <summary>Rows of the table, numbered from 1.</summary>
    public const int Rows = 10_000;

    private const string Variable = "ENDLESS_BENCH_DATABASE";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("endless-postgres-");
    private Process? _process;

    private PostgresDatabase() { }

    /// <summary>How a process that was started since connects.</summary>
    public static string ConnectionString => Environment.GetEnvironmentVariable(Variable) ?? throw new InvalidOperationException("The database is not there.");

    /// <summary>Why there can be none here; null if there can.</summary>
    public static string? Lack => Programs is null ? "PostgreSQL is not installed" : Environment.IsPrivilegedProcess && !File.Exists("/usr/sbin/runuser") ? "PostgreSQL does not run as root, and runuser is not installed" : null;

    /// <summary>Debian keeps the programs of each version apart.</summary>
    private static string? Programs => Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin")).LastOrDefault(bin => File.Exists(Path.Combine(bin, "initdb"))) : null;

    /// <summary>Makes a database and waits until it answers.</summary>
    public static async Task<PostgresDatabase> StartAsync()
    {
        var database = new PostgresDatabase();
        try
        {
            await database.MakeAsync();
            return database;
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Environment.SetEnvironmentVariable(Variable, null);
        if (_process is not null)
        {
            Syscall.kill(ServerPid(), Signum.SIGINT); // fast shutdown
            await _process.WaitForExitAsync();
            _process.Dispose();
        }
        _directory.Delete(recursive: true);
    }

    private async Task MakeAsync()
    {
        if (Environment.IsPrivilegedProcess) await ToolProcess.RunAsync("chown", ["postgres", _directory.FullName]);
        var data = Path.Combine(_directory.FullName, "data");
        await ToolProcess.RunAsync(Command("initdb"), Arguments("initdb", "-D", data, "-U", "bench", "--auth=trust", "--no-sync"));
        var port = FreePort();
        // No fsync: nothing is written while it is measured.
        var start = new ProcessStartInfo(Command("postgres"), Arguments("postgres", "-D", data, "-p", $"{port}", "-k", _directory.FullName, "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "max_connections=200"))
        { RedirectStandardError = true, RedirectStandardOutput = true };
        _process = Process.Start(start)!;
        _ = _process.StandardOutput.ReadToEndAsync();
        _ = _process.StandardError.ReadToEndAsync();
        var connectionString = $"Host=127.0.0.1;Port={port};Username=bench;Database=postgres;SSL Mode=Disable;Maximum Pool Size=64;No Reset On Close=true;Max Auto Prepare=4;Auto Prepare Min Usages=1";
        await FillAsync(connectionString);
        Environment.SetEnvironmentVariable(Variable, connectionString);
    }

    private static async Task FillAsync(string connectionString)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        for (var begin = Stopwatch.GetTimestamp(); ;)
        {
            try
            {
                await using var command = source.CreateCommand($"CREATE TABLE world AS SELECT id, (random() * 10000)::int AS randomnumber FROM generate_series(1, {Rows}) AS id; ALTER TABLE world ADD PRIMARY KEY (id); ANALYZE world");
                await command.ExecuteNonQueryAsync();
                return;
            }
            catch (NpgsqlException) when (Stopwatch.GetElapsedTime(begin) < Patience)
            {
                await Task.Delay(50); // it is not there yet
            }
        }
    }

    // PostgreSQL refuses to run as root.
    private static string Command(string program) => Environment.IsPrivilegedProcess ? "/usr/sbin/runuser" : Path.Combine(Programs!, program);

    private static string[] Arguments(string program, params string[] arguments) => Environment.IsPrivilegedProcess ? ["-u", "postgres", "--", Path.Combine(Programs!, program), .. arguments] : arguments;

    private int ServerPid() => int.Parse(File.ReadLines(Path.Combine(_directory.FullName, "data", "postmaster.pid")).First(), System.Globalization.CultureInfo.InvariantCulture);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
