using Endless.Http.Benchmarks;
using Endless.Http.Benchmarks.Peers;

switch (args)
{
    case [var examples, "plaintext"]:
        await Comparison.RunAsync(Workload.Plaintext, Peer.Endless(examples), Peer.Kestrel());
        return 0;
    case [var examples, "tls"]:
        using (var certificate = new CertificateFiles())
        {
            foreach (var workload in (Workload[])[Workload.Tls, Workload.Handshakes])
                await Comparison.RunAsync(workload, Peer.Endless(examples, certificate), Peer.Kestrel(certificate));
        }
        return 0;
    case [var examples, "refusals"]:
        await RefusalCost.RunAsync(Peer.Endless(examples));
        return 0;
    case [KestrelServer.Mode, .. var certificate]:
        await KestrelServer.RunAsync(certificate);
        return 0;
    default:
        Console.Error.WriteLine("usage: Endless.Http.Benchmarks EXAMPLES plaintext|tls|refusals, where EXAMPLES is the path of Endless.Examples");
        return 2;
}
