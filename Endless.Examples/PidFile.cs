using Endless.Http;

namespace Endless.Examples;

/// <summary>A file that always names the newest generation: <c>kill -HUP $(cat endless.pid)</c>.</summary>
internal static class PidFile
{
    public static void Run(string[] args)
    {
        var path = Path.GetFullPath(args is [_, var file, ..] ? file : "endless.pid");
        var pid = Environment.ProcessId.ToString();
        var server = EndlessServer.NewServer(args is [var addr, ..] ? addr : ":8080", (w, r) => w.Write($"pid {pid}"));
        server.BeforeBegin = address =>
        {
            // Renamed into place, so that nobody ever reads half a number.
            File.WriteAllText($"{path}.{pid}", pid);
            File.Move($"{path}.{pid}", path, overwrite: true);
            Announce.Listening(address);
        };
        server.ListenAndServe();

        if (File.ReadAllText(path) == pid) File.Delete(path); // after a restart it names the successor
    }
}
