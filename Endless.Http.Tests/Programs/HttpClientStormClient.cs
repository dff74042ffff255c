using System.Net;
using Endless.Http.Load;
using Endless.Http.Tests.Tls;

namespace Endless.Http.Tests.Programs;

/// <summary>.NET's own client, which judges the framing by another's reading of the RFCs. Only for programs that do nothing wrong: it would send again what it thinks was lost.</summary>
internal sealed class HttpClientStormClient(Storm storm, StormProtocol protocol, Random random)
{
    private const int Parallel = 4;

    public async Task RunAsync()
    {
        using var client = new HttpClient(new SocketsHttpHandler { SslOptions = TlsFixture.ClientOptions(), UseCookies = false, EnableMultipleHttp2Connections = random.Next(2) == 0 });
        await Task.WhenAll(Enumerable.Range(0, Parallel).Select(_ => RunAsync(client, new Random(random.Next()))));
    }

    public static async Task<Answer> SendAsync(HttpClient client, Storm storm, Visit visit)
    {
        var scheme = visit.Protocol.IsTls() ? "https" : "http";
        using var request = new HttpRequestMessage(new HttpMethod(visit.Method), $"{scheme}://localhost:{((IPEndPoint)storm.Server(visit.Protocol)).Port}{visit.Target}")
        {
            Version = visit.Protocol.IsHttp2() ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Add("X-Id", $"{visit.Id}");
        request.Headers.Add("Cookie", $"id={visit.Id}");
        if (visit.Sent.Length > 0)
        {
            request.Content = new ByteArrayContent(visit.Sent);
            if (visit.Protocol == StormProtocol.Chunked) request.Headers.TransferEncodingChunked = true;
            if (visit.Program.ReadsAll && visit.Next(10) == 0) request.Headers.ExpectContinue = true;
        }
        try
        {
            using var response = await client.SendAsync(request).WaitAsync(Deadline.Default);
            var body = await response.Content.ReadAsByteArrayAsync();
            return new Answer(AnswerEnd.Whole, (int)response.StatusCode, Flat(response.Headers), body, Flat(response.TrailingHeaders));
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or TimeoutException or OperationCanceledException)
        {
            return Answer.Of(AnswerEnd.Malformed, exception.ToString());
        }

        static List<(string, string)> Flat(IEnumerable<KeyValuePair<string, IEnumerable<string>>> fields) => [.. fields.SelectMany(field => field.Value.Select(value => (field.Key, value)))];
    }

    private async Task RunAsync(HttpClient client, Random own)
    {
        while (!storm.IsOver)
        {
            var visit = storm.Begin(protocol, own, program => !program.MayClose);
            storm.Finish(visit, await SendAsync(client, storm, visit));
        }
    }
}
