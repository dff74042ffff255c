using Endless.Http.Benchmarks;
using Endless.Http.Benchmarks.Peers;

switch (args)
{
    case ["plaintext"]:
        await Comparison.RunAsync(Workload.Plaintext, Peer.Endless, Peer.Kestrel);
        return 0;
    case [KestrelServer.Mode]:
        await KestrelServer.RunAsync();
        return 0;
    default:
        Console.Error.WriteLine("usage: Endless.Http.Benchmarks plaintext");
        return 2;
}
