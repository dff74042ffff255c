using System.Runtime.CompilerServices;
using Endless.Http.Tests.Processes;

namespace Endless.Http.AspNetCore.Tests.SignalR;

/// <summary>talk.html with the scripts of SignalR's own client for browsers, in a directory to be served.</summary>
internal sealed class BrowserPage : IDisposable
{
    public const string Name = "talk.html";

    // Where build.sh has npm put them, which packs them for browsers without what they need elsewhere.
    private static readonly string[] Scripts =
    [
        Path.Combine(Folder(), "../../.build/npm/node_modules/@microsoft/signalr/dist/browser/signalr.min.js"),
        Path.Combine(Folder(), "../../.build/npm/node_modules/@microsoft/signalr-protocol-msgpack/dist/browser/signalr-protocol-msgpack.min.js"),
    ];

    private readonly TempDirectory _directory = new();

    public BrowserPage()
    {
        foreach (var file in (string[])[Path.Combine(Folder(), Name), .. Scripts])
            File.Copy(file, _directory[Path.GetFileName(file)]);
    }

    /// <summary>Whether npm could have the scripts.</summary>
    public static bool HasScripts => Scripts.All(File.Exists);

    public string Directory => _directory.Path;

    public void Dispose() => _directory.Dispose();

    private static string Folder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
