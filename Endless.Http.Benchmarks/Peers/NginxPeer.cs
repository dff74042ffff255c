using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Endless.Http.Load;

namespace Endless.Http.Benchmarks.Peers;

/// <summary>nginx with a worker for each core and no access log, answering from its configuration, or the mebibyte from a file.</summary>
/// <param name="directory">For its configuration, its pid file and the file it serves.</param>
internal sealed class NginxPeer(string directory) : Peer
{
    private readonly string? _program = FindProgram("nginx");

    public override string Name => "nginx";

    public override string? Lacks(Work work)
    {
        if (_program is null) return "nginx is not installed";
        return work.Path is "/echo" or "/chunked" or "/block" or "/orders" or "/session" or "/socket" ? $"nginx has no {work.Path} without a server behind it" : null;
    }

    public override async Task<PeerProcess> StartAsync(Protocol protocol, SelfSignedFiles certificate)
    {
        await File.WriteAllBytesAsync(Path.Combine(directory, "big"), [.. Enumerable.Repeat((byte)'x', 1024 * 1024)]);
        var port = FreePort();
        var file = Path.Combine(directory, $"nginx-{port}.conf");
        await File.WriteAllTextAsync(file, Configuration(port, protocol, certificate));
        return await PeerProcess.StartAsync(_program!, ["-c", file, "-e", "stderr", "-p", directory], port);
    }

    private string Configuration(int port, Protocol protocol, SelfSignedFiles certificate)
    {
        var routes = new StringBuilder();
        for (var i = 0; i < 100; i++) routes.Append(CultureInfo.InvariantCulture, $"    location ~ ^/r{i}/([^/]+)/posts/([^/]+)$ {{ default_type text/plain; return 200 \"$1 $2\"; }}\n");
        var flags = (protocol is Protocol.Http1OverTls or Protocol.Http2OverTls ? " ssl" : "") + (protocol is Protocol.Http2 or Protocol.Http2OverTls ? " http2" : "");
        return $$"""
            daemon off;
            {{(Environment.IsPrivilegedProcess ? "user root;" : "")}}
            worker_processes {{Environment.ProcessorCount}};
            worker_rlimit_nofile 20000;
            pid nginx-{{port}}.pid;
            error_log /dev/null crit;
            events { worker_connections 12000; }
            http {
              access_log off;
              keepalive_requests 1000000000;
              client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
              sendfile on;
              tcp_nopush on;
              open_file_cache max=16;
              server {
                listen 127.0.0.1:{{port}}{{flags}} backlog=65535;
                # As the others do: before 1.23.4 the default is 1.2 at most, whose resumed handshakes agree on no new key and cost half of 1.3's.
                ssl_protocols TLSv1.2 TLSv1.3;
                {{(flags.Contains("ssl", StringComparison.Ordinal) ? $"ssl_certificate {certificate.Names[0]}; ssl_certificate_key {certificate.Names[1]};" : "")}}
                location = /plaintext { default_type text/plain; return 200 "Hello, World!"; }
                location = /json { default_type application/json; return 200 '{"message":"Hello, World!"}'; }
                location /files/ { default_type application/octet-stream; alias {{BenchFiles.Directory}}/; }
                location = /page { default_type text/html; charset utf-8; gzip on; gzip_comp_level 1; gzip_types text/html; alias {{BenchFiles.Directory}}/page.html; }
                location = /logged { default_type text/plain; access_log {{BenchFiles.Directory}}/nginx-access.log combined buffer=64k flush=1s; return 200 "Hello, World!"; }
                location = /big { default_type application/octet-stream; root {{directory}}; }
            {{routes}}
              }
            }
            """;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
