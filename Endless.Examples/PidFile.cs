using Endless.Http;

namespace Endless.Examples;

/// <summary>A file that always names the newest generation: <c>kill -HUP $(cat endless.pid)</c>.</summary>
internal static class PidFile
{
    public static void Run(string[] args)
    {
        EndlessProcess.PidFile = args is [_, var file, ..] ? file : "endless.pid";
        var server = EndlessServer.NewServer(args is [var addr, ..] ? addr : ":8080", (w, r) => w.Write($"pid {Environment.ProcessId}"));
        server.BeforeBegin = Announce.Listening;
        server.ListenAndServe();
    }
}
