using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;
using Endless.Http.Load;

namespace Endless.Http.Tests.Tls;

/// <summary>An HTTPS client that forgives nothing: whatever goes wrong is an exception. It keeps its connection until the server says it ends.</summary>
internal sealed partial class TlsClient(EndPoint server) : IAsyncDisposable
{
    private const int MaxLength = 64 * 1024;

    private readonly byte[] _buffer = new byte[MaxLength];
    private SslStream? _stream;

    /// <summary>SHA-256 of the certificate that the present connection got.</summary>
    public string Fingerprint { get; private set; } = "";

    /// <summary>The next request goes out on a connection there is: the server has not said that it ends.</summary>
    public bool IsConnected => _stream != null;

    /// <summary>The body of the answer to a GET.</summary>
    public async Task<string> GetAsync(string path)
    {
        _stream ??= await ConnectAsync();
        await _stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        var text = "";
        for (var length = 0; ;)
        {
            var count = await _stream.ReadAsync(_buffer.AsMemory(length)).AsTask().WaitAsync(Deadline.Default);
            if (count == 0) throw new IOException($"The connection ended after: {text}");
            length += count;
            text = Encoding.ASCII.GetString(_buffer, 0, length);
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
            if (end < 4) continue;
            if (!text.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal)) throw new IOException($"Answered: {text}");
            if (length - end < int.Parse(ContentLength().Match(text).Groups[1].Value)) continue;
            if (text.Contains("Connection: close", StringComparison.OrdinalIgnoreCase)) await CloseAsync();
            return text[end..];
        }
    }

    /// <summary>The next request begins with a handshake.</summary>
    public async Task CloseAsync()
    {
        if (_stream != null) await _stream.DisposeAsync();
        _stream = null;
    }

    public ValueTask DisposeAsync() => new(CloseAsync());

    private async Task<SslStream> ConnectAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server).WaitAsync(Deadline.Default);
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await stream.AuthenticateAsClientAsync(TlsFixture.ClientOptions(options => options.EnabledSslProtocols = SslProtocols.Tls13)).WaitAsync(Deadline.Default);
        Fingerprint = ((X509Certificate2)stream.RemoteCertificate!).GetCertHashString(HashAlgorithmName.SHA256);
        return stream;
    }

    [GeneratedRegex(@"\r\nContent-Length: (\d+)\r\n")]
    private static partial Regex ContentLength();
}
