using Endless.Http.Tests.Processes;
using Endless.Http.Tests.Restart;

namespace Endless.Http.Tests.Torture;

/// <summary>A file system of 64 KiB that only one family sees: in a mount namespace of its own, which ends with it.</summary>
internal static class FamilyDisk
{
    /// <summary>A program that mounts it and then is the real one.</summary>
    public static string Launcher(RestartApp app)
    {
        Directory.CreateDirectory(app["disk"]);
        return app.Executable("launcher", $"""
            #!/bin/sh
            exec unshare --mount --propagation private sh -c 'mount -t tmpfs -o size=64k torture {app["disk"]} && exec {app["app"]} "$@"' sh "$@"
            """);
    }

    /// <summary>Where it is found from outside.</summary>
    public static string FromHere(string directory, int pid) => $"/proc/{pid}/root{directory}";

    /// <summary>Leaves not a byte.</summary>
    public static void Fill(string directory) => SmallDisk.Fill(Path.Combine(directory, "full"));

    public static void Free(string directory) => File.Delete(Path.Combine(directory, "full"));
}
