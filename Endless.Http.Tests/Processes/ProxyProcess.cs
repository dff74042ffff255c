using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Endless.Http.Load;

namespace Endless.Http.Tests.Processes;

/// <summary>A proxy in front of a server, in one process, with a directory and a port of its own.</summary>
internal sealed class ProxyProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly TempDirectory _directory;
    private readonly ProcessOutput _output = new();
    private readonly Task _reading;

    private ProxyProcess(Process process, TempDirectory directory, IPEndPoint endPoint)
    {
        _process = process;
        _directory = directory;
        EndPoint = endPoint;
        _reading = _output.ReadAsync(process);
    }

    public IPEndPoint EndPoint { get; }

    public string Url => $"http://{EndPoint}";

    /// <summary>What the proxy printed: its log, as both are configured here.</summary>
    public string Log => _output.ToString();

    /// <summary>nginx with up to 64 idle connections kept to each upstream.</summary>
    public static Task<ProxyProcess> NginxAsync(EndPoint upstream) => StartAsync(
        "nginx",
        (directory, listen) => NginxFile.Text(directory, "info", $$"""
            client_max_body_size 0;
            upstream endless {
                server {{upstream}};
                keepalive 64;
            }
            server {
                listen {{listen}} reuseport;
                location / {
                    proxy_pass http://endless;
                    proxy_http_version 1.1;
                    proxy_set_header Connection "";
                }
            }
            """),
        NginxFile.Arguments);

    /// <summary>HAProxy in its default HTTP mode: keep-alive on both sides, idle upstream connections shared between clients.</summary>
    public static Task<ProxyProcess> HaproxyAsync(EndPoint upstream) => StartAsync(
        "haproxy",
        (_, listen) => $"""
            global
                log stdout format raw local0 notice
                maxconn 4096
            defaults
                mode http
                log global
                timeout connect 5s
                timeout client 30s
                timeout server 30s
                http-reuse aggressive
            frontend front
                bind {listen}
                default_backend back
            backend back
                server endless {upstream}

            """,
        (_, file) => ["-db", "-f", file]);

    /// <summary>HAProxy that asks two servers for their readiness ten times a second, and leaves one that fails it at once.</summary>
    public static Task<ProxyProcess> CheckingHaproxyAsync(EndPoint first, EndPoint second) => StartAsync(
        "haproxy",
        (_, listen) => $"""
            global
                log stdout format raw local0 notice
            defaults
                mode http
                log global
                timeout connect 5s
                timeout client 30s
                timeout server 30s
                timeout check 30s
            frontend front
                bind {listen}
                default_backend endless
            backend endless
                option httpchk GET /readyz
                default-server check inter 500ms fall 1 rise 1
                server first {first}
                server second {second}

            """,
        (_, file) => ["-db", "-f", file]);

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        await _reading;
        _process.Dispose();
        _directory.Dispose();
    }

    private static async Task<ProxyProcess> StartAsync(
        string program, Func<TempDirectory, IPEndPoint, string> configure, Func<TempDirectory, string, IEnumerable<string>> arguments)
    {
        var directory = new TempDirectory();
        var listen = FreeEndPoint.Next();
        var file = directory[$"{program}.conf"];
        await File.WriteAllTextAsync(file, configure(directory, listen));
        var start = new ProcessStartInfo(Tool.Find(program)!, arguments(directory, file)) { RedirectStandardOutput = true, RedirectStandardError = true };
        var proxy = new ProxyProcess(Process.Start(start)!, directory, listen);
        try
        {
            await Deadline.UntilAsync(() => proxy._process.HasExited || Accepts(listen), $"{program} accepts connections");
            Assert.False(proxy._process.HasExited, proxy.Log);
            return proxy;
        }
        catch
        {
            await proxy.DisposeAsync();
            throw;
        }
    }

    private static bool Accepts(IPEndPoint endPoint)
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Connect(endPoint);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
