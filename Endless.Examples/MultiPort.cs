using Endless.Http;

namespace Endless.Examples;

/// <summary>Two servers in one process. One SIGHUP restarts both: the old generation stops accepting once the new one accepts on both.</summary>
internal static class MultiPort
{
    public static void Run(string[] args)
    {
        var api = EndlessServer.NewServer(args is [var first, ..] ? first : ":8080", (w, r) => w.Write("the API"));
        var admin = EndlessServer.NewServer(args is [_, var second, ..] ? second : "127.0.0.1:8081", (w, r) => w.Write("for administrators"));
        api.BeforeBegin = Announce.Listening;
        admin.BeforeBegin = Announce.Listening;

        WaitAll([api.ListenAndServeAsync(), admin.ListenAndServeAsync()]);
    }

    /// <summary>Returns when all servers have stopped. Whichever ends first is looked at first: one that cannot listen must not wait for the others.</summary>
    public static void WaitAll(List<Task> running)
    {
        while (running.Count > 0)
        {
            var ended = running[Task.WaitAny([.. running])];
            running.Remove(ended);
            ended.GetAwaiter().GetResult();
        }
    }
}
