using System.Globalization;
using Endless.Http.AspNetCore.TestApp.Services;

namespace Endless.Http.AspNetCore.TestApp;

/// <summary>What a generation does. The address is of one server, so that port 0 means one port.</summary>
/// <remarks>
/// <c>endless URL</c> or <c>kestrel URL</c> or <c>handlers ADDRESS</c>: which server. <c>throw-in-main</c>, <c>service-throws</c>, <c>service-throws-late</c>: how it fails to start.
/// <c>starts-when FILE</c>: a service whose start waits for a file. <c>dies-when FILE</c>: is killed when the file is there. <c>single FILE</c>: a service that runs in one generation, and writes down when.
/// <c>pid-file FILE</c>. <c>library-first</c>: uses the library before anything else. <c>stops-slowly FILE</c>: a single-active service whose stop waits for a file.
/// </remarks>
internal sealed class Script
{
    private readonly Dictionary<string, string> _words;

    private Script(Dictionary<string, string> words) => _words = words;

    public static Script Read(string path) => new(File.ReadAllLines(path).Select(line => line.Split(' ', 2)).ToDictionary(line => line[0], line => line.ElementAtOrDefault(1) ?? ""));

    public bool Has(string word) => _words.ContainsKey(word);

    /// <summary>What stands behind a word; null if it is not there.</summary>
    public string? this[string word] => _words.GetValueOrDefault(word);

    /// <summary>Adds the services that it asks for.</summary>
    public void AddTo(IServiceCollection services)
    {
        services.AddSingleton(this);
        services.AddHostedService<Announcer>();
        if (this["single"] is not null) services.AddEndlessSingleActive<WrittenService>();
        if (Has("service-throws")) services.AddHostedService<ThrowingService>();
        if (Has("service-throws-late")) services.AddHostedService<LateThrowingService>();
        if (this["starts-when"] is { } file) services.AddHostedService(_ => new WaitingService(file));
    }

    /// <summary>Prints something that happened, and where.</summary>
    public static void Say(string what) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"event {what}, generation {EndlessProcess.Generation}, pid {Environment.ProcessId}"));

    /// <summary>Waits until a file is there.</summary>
    public static async Task FileAsync(string path, CancellationToken cancellationToken = default)
    {
        while (!File.Exists(path)) await Task.Delay(10, cancellationToken);
    }
}
