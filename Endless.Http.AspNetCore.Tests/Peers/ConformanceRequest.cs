using System.IO.Compression;
using System.Text;

namespace Endless.Http.AspNetCore.Tests.Peers;

/// <summary>A request that both protocols can carry.</summary>
internal sealed record ConformanceRequest(string Method, string Target, string Fields = "", string? Body = null)
{
    private static readonly string[] Ranges = ["bytes=0-3", "bytes=4-", "bytes=-3", "bytes=0-0", "bytes=9-9", "bytes=10-", "bytes=0-999", "bytes=5-2", "bytes=0-1,3-4", "bytes=a-b", "lines=0-1", "bytes=", "bytes=-0"];

    private static readonly string[] Conditions =
    [
        "If-Modified-Since: Fri, 02 Jan 2026 03:04:05 GMT", "If-Modified-Since: Thu, 01 Jan 2026 00:00:00 GMT", "If-Modified-Since: nonsense", "If-Unmodified-Since: Thu, 01 Jan 2026 00:00:00 GMT", "If-Unmodified-Since: Sat, 03 Jan 2026 00:00:00 GMT",
        "If-None-Match: *", "If-None-Match: \"tag\"", "If-None-Match: \"other\"", "If-Match: *", "If-Match: \"other\"", "If-Match: \"tag\"", "If-None-Match: W/\"tag\"",
        "Range: bytes=0-3|If-Range: \"tag\"", "Range: bytes=0-3|If-Range: \"other\"", "Range: bytes=0-3|If-Range: Fri, 02 Jan 2026 03:04:05 GMT",
    ];

    public IEnumerable<(string Name, string Value)> Headers => Fields.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(static line => (line[..line.IndexOf(':')], line[(line.IndexOf(':') + 1)..].Trim()));

    public byte[]? Bytes => Body is null ? null : Encoding.Latin1.GetBytes(Body);

    public static IReadOnlyList<ConformanceRequest> All { get; } = [.. Plain, .. Files, .. Bodies, .. Middlewares];

    public override string ToString() => $"{Method} {Target} {Fields} {(Body?.Length > 40 ? Body.Length + " bytes" : Body)}".TrimEnd();

    private static IEnumerable<ConformanceRequest> Plain
    {
        get
        {
            string[] targets = ["/", "/json", "/items/1", "/items/0", "/items/x", "/problem", "/throw", "/bad", "/redirect", "/text", "/large", "/nothing", "/empty", "/stream", "/pieces", "/missing", "/cookies", "/culture", "/any", "/echo/a/b?c=d", "/echo/a%20b/%C3%A9?q=%20", "/echo/a%2Fb", "//", "/./json", "/x/../json"];
            foreach (var target in targets)
            {
                yield return new("GET", target);
                yield return new("HEAD", target);
            }
            foreach (var method in new[] { "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "QUERY", "CUSTOM" })
            {
                yield return new(method, "/any");
                yield return new(method, "/items/1");
            }
            foreach (var code in new[] { 200, 204, 205, 304, 400, 401, 403, 404, 405, 406, 410, 415, 418, 429, 500, 501, 503, 599 }) yield return new("GET", "/status/" + code);
            yield return new("GET", "/echo/x", "X-Echo: " + new string('e', 4000));
            yield return new("GET", "/echo/" + new string('t', 4000));
        }
    }

    private static IEnumerable<ConformanceRequest> Files
    {
        get
        {
            foreach (var target in new[] { "/files/small.txt", "/files/empty.txt", "/files/page.html", "/files/data.bin", "/files/with%20space.css", "/files/none.txt", "/files/", "/files/../small.txt", "/files/%2e%2e/x", "/file", "/download", "/sent", "/sent/whole", "/sent/too-far", "/sent/missing", "/browse/" })
            {
                yield return new("GET", target);
                yield return new("HEAD", target);
            }
            foreach (var range in Ranges)
            {
                yield return new("GET", "/files/small.txt", "Range: " + range);
                yield return new("GET", "/file", "Range: " + range);
            }
            yield return new("HEAD", "/files/small.txt", "Range: bytes=0-3");
            yield return new("GET", "/file", "Range: bytes=50000-99999");
            foreach (var condition in Conditions)
            {
                yield return new("GET", "/files/small.txt", condition);
                yield return new("GET", "/file", condition);
            }
            yield return new("HEAD", "/file", "If-None-Match: \"tag\"");
            yield return new("POST", "/files/small.txt");
            yield return new("GET", "/files/page.html", "Accept-Encoding: gzip|Range: bytes=0-9");
        }
    }

    private static IEnumerable<ConformanceRequest> Bodies
    {
        get
        {
            const string Json = "Content-Type: application/json";
            yield return new("POST", "/json", Json, "{\"name\":\"Ada\",\"age\":36}");
            yield return new("POST", "/json", Json, "{\"name\":\"\u00c3\u00a9\",\"age\":1}");
            yield return new("POST", "/json", Json, "{\"name\":");
            yield return new("POST", "/json", Json, "");
            yield return new("POST", "/json", Json, "[]");
            yield return new("POST", "/json", "Content-Type: text/plain", "{}");
            yield return new("POST", "/json", "", "{}");
            yield return new("POST", "/json", Json);
            yield return new("POST", "/optional", Json);
            yield return new("POST", "/optional");
            yield return new("POST", "/optional", Json, "{\"name\":\"Ada\"}");
            yield return new("POST", "/form", "Content-Type: application/x-www-form-urlencoded", "a=1&b=%20+&a=2");
            yield return new("POST", "/form", "Content-Type: multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f\"\r\n\r\nabc\r\n--x--\r\n");
            yield return new("POST", "/form", "Content-Type: multipart/form-data", "--x--");
            yield return new("POST", "/form", "Content-Type: multipart/form-data; boundary=x", "--x\r\nContent-Disp");
            yield return new("POST", "/form", "Content-Type: text/plain", "a=1");
            yield return new("POST", "/form", "Content-Type: application/x-www-form-urlencoded", string.Join('&', Enumerable.Range(0, 1100).Select(static number => $"k{number}=1")));
            yield return new("POST", "/guarded", "Content-Type: application/x-www-form-urlencoded", "a=1");
            foreach (var length in new[] { 0, 1, 1000, 4096, 16_384, 70_000 }) yield return new("POST", "/raw", "", new string('r', length));
            foreach (var length in new[] { 0, 1000 }) yield return new("POST", "/unread", "", new string('u', length));
            foreach (var length in new[] { 10, 11 }) yield return new("POST", "/small", "", new string('s', length));
            yield return new("POST", "/raw", "Content-Encoding: gzip", Gzip("compressed upload"));
            yield return new("POST", "/raw", "Content-Encoding: gzip", "this is no gzip");
            yield return new("POST", "/raw", "Content-Encoding: unknown", "as it is");
            yield return new("POST", "/json", Json + "|Content-Encoding: gzip", Gzip("{\"name\":\"Ada\",\"age\":36}"));
            yield return new("GET", "/any", "", "a body that nobody expects");
        }
    }

    private static IEnumerable<ConformanceRequest> Middlewares
    {
        get
        {
            foreach (var encoding in new[] { "gzip", "br", "gzip, br", "identity", "*", "gzip;q=0", "deflate", "br;q=0.1, gzip;q=0.9" })
            {
                yield return new("GET", "/large", "Accept-Encoding: " + encoding);
                yield return new("GET", "/files/page.html", "Accept-Encoding: " + encoding);
                yield return new("GET", "/json", "Accept-Encoding: " + encoding);
            }
            yield return new("HEAD", "/large", "Accept-Encoding: gzip");
            yield return new("GET", "/stream", "Accept-Encoding: gzip");
            yield return new("GET", "/throw", "Accept: application/json");
            yield return new("GET", "/missing", "Accept: text/html");
            foreach (var target in new[] { "/cached", "/cached", "/cached/vary?v=1", "/cached/vary?v=2", "/cached/vary?v=1&w=3", "/response-cached", "/response-cached" }) yield return new("GET", target, "X-Age: ignored");
            yield return new("GET", "/response-cached", "Cache-Control: no-cache");
            yield return new("GET", "/cached", "If-None-Match: *");
            for (var count = 0; count < 3; count++) yield return new("GET", "/limited?who=me");
            yield return new("GET", "/limited?who=another");
            yield return new("GET", "/cross", "Origin: https://friend.example");
            yield return new("GET", "/cross", "Origin: https://stranger.example");
            yield return new("OPTIONS", "/cross", "Origin: https://friend.example|Access-Control-Request-Method: PUT|Access-Control-Request-Headers: X-Ask");
            yield return new("OPTIONS", "/cross", "Origin: https://friend.example|Access-Control-Request-Method: PATCH");
            yield return new("OPTIONS", "/cross", "Origin: https://stranger.example|Access-Control-Request-Method: GET");
            yield return new("OPTIONS", "/cross");
            yield return new("GET", "/secure/page");
            yield return new("GET", "/secure/page", "X-Forwarded-Proto: https");
            yield return new("GET", "/secure/page?q=%20", "Host: peer:8080");
            yield return new("GET", "/private");
            yield return new("GET", "/private", "Cookie: .AspNetCore.cookie=nonsense");
            yield return new("GET", "/connection");
            yield return new("GET", "/connection", "X-Forwarded-For: 192.0.2.1|X-Forwarded-Proto: https|X-Forwarded-Host: outside.example");
            yield return new("GET", "/connection", "X-Forwarded-For: 192.0.2.1, 198.51.100.2");
            yield return new("GET", "/connection", "X-Forwarded-For: [2001:db8::1]:99");
            yield return new("GET", "/connection", "X-Forwarded-For: nonsense");
            yield return new("GET", "/connection", "X-Forwarded-Prefix: /base");
            yield return new("GET", "/session");
            yield return new("GET", "/session", "Cookie: .AspNetCore.Session=nonsense");
            yield return new("GET", "/cookies", "Cookie: a=1; b=\"2\"; c; =d; e=%20; a=3");
            yield return new("GET", "/cookies", "Cookie: a=1|Cookie: b=2");
            yield return new("GET", "/culture", "Accept-Language: de");
            foreach (var host in new[] { "peer", "peer:81", "127.0.0.1", "[::1]:5", "PEER" }) yield return new("GET", "/connection", "Host: " + host);
        }
    }

    private static string Gzip(string text)
    {
        var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionMode.Compress, leaveOpen: true)) gzip.Write(Encoding.ASCII.GetBytes(text));
        return Encoding.Latin1.GetString(bytes.ToArray());
    }
}
