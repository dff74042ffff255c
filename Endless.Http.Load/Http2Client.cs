using System.Globalization;
using System.Net;

namespace Endless.Http.Load;

/// <summary>
/// A client of HTTP/2 with one connection at a time: .NET's, which honours GOAWAY as RFC 9113 section 6.8 has it. It opens another connection for new requests, and sends
/// again only what the server said it had not processed; every other loss is a failure. Thread-safe.
/// </summary>
internal sealed class Http2Client : IDisposable
{
    private readonly HttpClient _client;
    private readonly TimeSpan _patience;

    public Http2Client(EndPoint server, bool tls, TimeSpan patience)
    {
        var handler = new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false, ConnectTimeout = patience };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true; // the load's own, of the same machine
        _patience = patience;
        _client = new HttpClient(handler)
        {
            BaseAddress = new Uri($"{(tls ? "https" : "http")}://{server}"),
            Timeout = patience,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }

    /// <summary>Asks for <c>/pid</c>: which process answers.</summary>
    /// <exception cref="LoadFailure">It was not answered, or not with a number.</exception>
    public async Task<int> PidAsync()
    {
        try
        {
            using var response = await _client.GetAsync("/pid");
            var body = await response.Content.ReadAsStringAsync();
            if (response.StatusCode == HttpStatusCode.OK && int.TryParse(body, NumberStyles.None, CultureInfo.InvariantCulture, out var pid)) return pid;
            throw new LoadFailure(FailureKind.WrongAnswer, $"status {(int)response.StatusCode} to GET /pid");
        }
        catch (HttpRequestException e)
        {
            var kind = e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError ? FailureKind.Refused
                : e.HttpRequestError == HttpRequestError.ResponseEnded ? FailureKind.ClosedUnannounced
                : FailureKind.Reset;
            throw new LoadFailure(kind, e.Message, e);
        }
        catch (OperationCanceledException e)
        {
            throw new LoadFailure(FailureKind.Lost, $"no response within {_patience.TotalSeconds:0.#} s", e);
        }
    }

    public void Dispose() => _client.Dispose();
}
