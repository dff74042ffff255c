using Endless.Http.Benchmarks;
using Endless.Http.Benchmarks.Peers;

switch (args)
{
    case [var examples, "plaintext"]:
        await Comparison.RunAsync(Workload.Plaintext, Peer.Endless(examples), Peer.Kestrel);
        return 0;
    case [KestrelServer.Mode]:
        await KestrelServer.RunAsync();
        return 0;
    default:
        Console.Error.WriteLine("usage: Endless.Http.Benchmarks EXAMPLES plaintext, where EXAMPLES is the path of Endless.Examples");
        return 2;
}
