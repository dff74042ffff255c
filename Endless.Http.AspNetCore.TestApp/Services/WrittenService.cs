using System.Globalization;

namespace Endless.Http.AspNetCore.TestApp.Services;

/// <summary>A service that may run in one process only: writes down when it runs, and holds a lock meanwhile, which goes with the process. That the lock is another's is written down, too.</summary>
internal sealed class WrittenService(Script script) : IHostedService
{
    private readonly string _file = script["single"]!;
    private FileStream? _lock;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            _lock = new FileStream(_file + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            Write("starts");
        }
        catch (IOException)
        {
            Write("meets another");
        }
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (script["stops-slowly"] is { } file) await Script.FileAsync(file, cancellationToken);
        Write("stops");
        Script.Say("single-active stopped");
        _lock?.Dispose();
    }

    private void Write(string what) => File.AppendAllText(_file, string.Create(CultureInfo.InvariantCulture, $"{EndlessProcess.Generation} {what}\n"));
}
