using Endless.Http.Tests.Processes;
using Endless.Http.Tests.Tls;

namespace Endless.Http.Tests.Clients;

/// <summary>Node's client of HTTP/2.</summary>
public sealed class NodeTests : IDisposable
{
    // Fifty requests at once, a body both ways, trailers, and a request that is cancelled.
    private const string Script = """
        const client = require('http2').connect(process.argv[1], { rejectUnauthorized: false });
        client.on('error', error => { console.log(`session: ${error}`); process.exit(1); });
        const ask = (headers, body) => new Promise((resolve, reject) => {
          const stream = client.request(headers);
          const answer = { status: 0, length: 0, text: '', trailers: {} };
          stream.on('response', head => answer.status = head[':status']);
          stream.on('trailers', trailers => answer.trailers = trailers);
          stream.on('data', data => { answer.length += data.length; if (data.length < 1000) answer.text += data; });
          stream.on('end', () => resolve(answer));
          stream.on('error', reject);
          stream.end(body);
        });
        (async () => {
          const answers = await Promise.all([...Array(50).keys()].map(i => ask({ ':path': `/target?${i}` })));
          console.log(answers.every((answer, i) => answer.status === 200 && answer.text === `/target?${i}`));
          const echo = await ask({ ':path': '/echo', ':method': 'POST' }, Buffer.alloc(3000000, 'x'));
          console.log(echo.status, echo.length);
          console.log((await ask({ ':path': '/trailers' })).trailers['x-checksum']);
          const slow = client.request({ ':path': '/slow?ms=60000' });
          slow.on('error', () => {});
          slow.close(8);
          console.log((await ask({ ':path': '/' })).text);
          client.close(() => console.log('closed'));
        })();
        """;

    private readonly CertificateFiles _files = new();

    public void Dispose() => _files.Dispose();

    [FactWithTools("node")]
    public async Task Node_in_the_clear_and_with_TLS()
    {
        _files.Write();
        await using var clear = await ExampleProcess.TestServerAsync();
        await using var tls = await ExampleProcess.TestServerAsync("--tls", _files.Certificate, _files.Key);
        foreach (var url in new[] { clear.Url, $"https://{tls.EndPoint}" })
            Assert.Equal(["true", "200 3000000", "abc", "Hello, World!", "closed"], (await Tool.RunAsync("node", "--no-warnings", "-e", Script, url)).Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
