using System.Globalization;
using Endless.Http;

namespace Endless.Examples;

/// <summary>
/// The server that the tests and the load driver drive: <c>testserver [--addr ADDR]... [--header-timeout MS] [--read-timeout MS]
/// [--write-timeout MS] [--idle-timeout MS] [--body-rate-grace MS] [--hammer MS] [--grace MS] [--start-timeout MS] [--probation MS]
/// [--stop-delay MS] [--pidfile FILE] [--upgrade h2c] [--admin ADDR] [--tls CERT KEY]</c>. What it serves is in <see cref="TestHandler"/>.
/// </summary>
internal static class TestServer
{
    public static void Run(string[] args)
    {
        var addresses = new List<string>();
        string? admin = null;
        Func<EndlessServer, Task> serve = server => server.ListenAndServeAsync();
        Action<EndlessServer> configure = server => server.BeforeBegin = Announce.Listening;
        for (var i = 0; i < args.Length; i += 2)
        {
            if (i + 1 == args.Length) throw new ArgumentException($"testserver: {args[i]} needs a value");
            if (args[i] == "--addr")
            {
                addresses.Add(args[i + 1]);
            }
            else if (args[i] == "--pidfile")
            {
                EndlessProcess.PidFile = args[i + 1];
            }
            else if (args[i] == "--upgrade")
            {
                if (args[i + 1] != "h2c") throw new ArgumentException($"testserver: --upgrade takes h2c, not {args[i + 1]}");
                configure += server => server.UnencryptedHttp2Upgrade = true;
            }
            else if (args[i] == "--admin")
            {
                admin = args[i + 1];
            }
            else if (args[i] == "--tls")
            {
                if (i + 2 == args.Length) throw new ArgumentException("testserver: --tls needs a certificate file and a key file");
                var (certFile, keyFile) = (args[i + 1], args[i + 2]);
                serve = server => server.ListenAndServeTLSAsync(certFile, keyFile);
                i++;
            }
            else
            {
                configure += Limit(args[i], args[i + 1]);
            }
        }
        if (addresses.Count == 0) addresses.Add(":8080");

        var servers = addresses.ConvertAll(addr => EndlessServer.NewServer(addr, TestHandler.ServeAsync));
        servers[0].Admin = admin;
        servers.ForEach(configure.Invoke);
        MultiPort.WaitAll(servers.ConvertAll(serve.Invoke));
    }

    private static Action<EndlessServer> Limit(string option, string value)
    {
        if (!int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var milliseconds))
            throw new ArgumentException($"testserver: {option} takes milliseconds, not {value}");
        var time = TimeSpan.FromMilliseconds(milliseconds);
        return option switch
        {
            "--header-timeout" => server => server.ReadHeaderTimeout = time,
            "--read-timeout" => server => server.ReadTimeout = time,
            "--write-timeout" => server => server.WriteTimeout = time,
            "--idle-timeout" => server => server.IdleTimeout = time,
            "--body-rate-grace" => server => server.MinRequestBodyRateGrace = time,
            "--hammer" => server => server.HammerTime = time,
            "--grace" => server => server.DrainGrace = time,
            "--stop-delay" => server => server.StopDelay = time,
            "--start-timeout" => server => server.StartTimeout = time,
            "--probation" => server => server.Probation = time,
            _ => throw new ArgumentException($"testserver: no such option: {option}"),
        };
    }
}
