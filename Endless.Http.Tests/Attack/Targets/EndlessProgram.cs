using System.Globalization;
using Endless.Http.Load;

namespace Endless.Http.Tests.Attack.Targets;

/// <summary>The server that is attacked: a mux with a route for each thing that can be asked too much of, on the defaults of a user's program.</summary>
internal static class EndlessProgram
{
    /// <summary>The argument that makes this program be that server.</summary>
    public const string Mode = "attack-endless";

    private static readonly byte[] Piece = new byte[64 * 1024];

    public static int Run()
    {
        var mux = new ServeMux();
        mux.HandleFunc("/quick", (w, r) => w.Write("quick"));
        mux.HandleFunc("/block", (w, r) =>
        {
            Thread.Sleep(int.Parse(r.Query["ms"] ?? "1000", CultureInfo.InvariantCulture));
            w.Write("blocked");
        });
        mux.HandleFunc("/big", async (w, r) =>
        {
            for (var i = 0; i < 64; i++) await w.WriteAsync(Piece);
        });
        mux.HandleFunc("/big-sync", (w, r) =>
        {
            for (var i = 0; i < 64; i++) w.Write(Piece);
        });
        mux.HandleFunc("/read", async (w, r) =>
        {
            var body = await r.ReadBodyAsync();
            w.Write($"{body.Length}");
        });
        mux.HandleFunc("/throw", (w, r) => throw new InvalidOperationException("thrown as asked for"));
        mux.Handle("/metrics", new MetricsHandler { Allow = Access.Anyone });
        mux.Handle("/healthz", HealthHandler.Liveness());
        var server = EndlessServer.NewServer("127.0.0.1:0", mux);
        server.BeforeBegin = addr => Console.WriteLine(ServerProcess.ListeningLineOf(addr));
        server.ListenAndServe();
        return 0;
    }
}
