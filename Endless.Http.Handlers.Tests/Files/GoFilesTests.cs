using System.Globalization;
using System.Text;
using Endless.Http.Handlers.Tests.Reference;
using Endless.Http.Tests.Processes;

namespace Endless.Http.Handlers.Tests.Files;

/// <summary>Contents and files as Go's <c>http.ServeContent</c> and <c>http.FileServer</c> (1.19) answer them. Each difference that is meant has a name and a reason here; another fails.</summary>
public sealed class GoFilesTests : IDisposable
{
    private static readonly DateTimeOffset Modified = new(2020, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    private static readonly string[] Dates =
    [
        "Thu, 02 Jan 2020 03:04:05 GMT", "Thu, 02 Jan 2020 03:04:04 GMT", "Thu, 02 Jan 2020 03:04:06 GMT", "Thursday, 02-Jan-20 03:04:05 GMT", "Thu Jan  2 03:04:05 2020", "Wed, 01 Jan 1997 00:00:00 GMT", "0", "tomorrow", "\"v1\"",
    ];

    private static readonly string[] Tags =
    [
        "\"v1\"", "W/\"v1\"", "\"v2\"", "*", "\"v2\", \"v1\"", "\"v2\",\"v3\"", "W/\"v2\", W/\"v1\"", "v1", "\"v1", "\"v2\" \"v1\"", ",\"v1\"", "\"\"", "\"v2\", *", "\"v1\";",
    ];

    private static readonly string[] RangeFields =
    [
        "bytes=0-", "bytes=0-0", "bytes=5-9", "bytes=-3", "bytes=-0", "bytes=-1000", "bytes=99-", "bytes=100-", "bytes=99-99", "bytes=0-99", "bytes=0-100", "bytes=50-20", "bytes=0-0,-1", "bytes=0-9,20-29,40-49", "bytes=0-50,20-80",
        "bytes=0-10,5-15,8-18", "bytes=,", "bytes=", "bytes=0-0,,2-2,", "bytes= 1 - 2 , 4-5", "bytes=x-1", "bytes=1-x", "bytes=1", "bytes=--1", "bytes=+1-2", "bytes=1-+2", "bytes=- 5", "bytes=0-99999999999999999999", "bytes=99999999999999999999-", "chunks=0-1",
        "bytes:0-1", "Bytes=0-1", "bytes=200-,300-", "bytes=0-1,200-", "bytes=0-1,x", "bytes=0-98,99-99", "bytes=0-98,98-99", "bytes=1-1,1-1,1-1", "",
    ];

    private readonly SiteDirectory _site = new();

    public GoFilesTests()
    {
        foreach (var path in new[] { "index.html", "a.txt", "app.js", "style.css", "b c.txt", "ä.txt", "q?.txt", "sub/index.html", "sub/x.json", "sub/deep/y.svg", "x:y/index.html", "noextension", "page.html", "data.xml" })
            _site.Write(path, $"<p>this is {path}");
        _site.Write("image", [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10, 0]);
        _site.Write("empty.txt", "");
    }

    public void Dispose() => _site.Dispose();

    [FactWithTools("go")]
    public async Task Contents_are_answered_as_go_answers_them()
    {
        const int seed = 18;
        var random = new Random(seed);
        var cases = new List<Case>();
        // Each range by itself, and then whatever comes together.
        foreach (var range in RangeFields)
            foreach (var size in new[] { 0, 1, 100 }) cases.Add(new Case("", "GET", "/", [["Range", range]], "\"v1\"", size, "a.txt"));
        for (var i = 0; i < 4_000; i++)
        {
            var fields = new List<string[]>();
            Maybe(fields, "If-Match", Tags, 4);
            Maybe(fields, "If-None-Match", Tags, 3);
            Maybe(fields, "If-Modified-Since", Dates, 3);
            Maybe(fields, "If-Unmodified-Since", Dates, 4);
            Maybe(fields, "Range", RangeFields, 2);
            Maybe(fields, "If-Range", Dates, 4);
            if (random.Next(8) == 0 && !fields.Exists(field => field[0] == "If-Range")) Maybe(fields, "If-Range", Tags, 1);
            cases.Add(new Case("", Pick(["GET", "GET", "GET", "HEAD", "POST"]), "/", [.. fields], Pick(["\"v1\"", "", "W/\"v1\""]), Pick([100, 100, 100, 0, 1]), Pick(["a.txt", "a.js", "a.unknown", ""])));
        }
        await CompareAsync(cases, one => Handler.From(async (w, r) =>
        {
            if (one.Tag.Length > 0) w.Header["ETag"] = one.Tag;
            using var stream = new MemoryStream([.. Enumerable.Range(0, one.Size).Select(i => (byte)('a' + i % 26))]);
            await w.ServeContentAsync(r, one.Name, Modified, stream);
        }), seed);

        void Maybe(List<string[]> fields, string name, string[] values, int oneIn)
        {
            if (random.Next(oneIn) == 0) fields.Add([name, Pick(values)]);
        }

        T Pick<T>(T[] values) => values[random.Next(values.Length)];
    }

    [FactWithTools("go")]
    public async Task Paths_are_answered_as_go_answers_them()
    {
        var files = new FileServer(_site.Root) { ListDirectories = true };
        string[] targets =
        [
            "/", "/index.html", "/index.html?x=1", "/sub", "/sub/", "/sub?a=b", "/sub/index.html", "/sub/x.json", "/sub/x.json/", "/sub/deep", "/a.txt", "/a.txt/", "/a.txt?y=/../z", "/app.js", "/style.css", "/b%20c.txt", "/b%20c.txt/", "/%C3%A4.txt",
            "/%c3%a4.txt/", "/q%3F.txt", "/q%3F.txt/", "/noextension", "/image", "/page.html", "/data.xml", "/empty.txt", "/nothing", "/nothing/", "/nothing/index.html", "/sub/nothing", "/x:y", "/x:y/", "/a.txt/x", "/INDEX.HTML", "/sub%2Fx.json", "/../a.txt",
            "/sub/../a.txt", "//a.txt", "/sub//x.json", "/./a.txt", "/%2e%2e/a.txt", "/%ff",
        ];
        var cases = new List<Case>();
        foreach (var target in targets)
        {
            foreach (var method in new[] { "GET", "HEAD" })
            {
                cases.Add(new Case(_site.Root, method, target, [], "", 0, ""));
                cases.Add(new Case(_site.Root, method, target, [["Range", "bytes=1-2"]], "", 0, ""));
                cases.Add(new Case(_site.Root, method, target, [["If-Modified-Since", Dates[0]]], "", 0, ""));
            }
        }
        await CompareAsync(cases, _ => files, seed: 0);
    }

    /// <summary>Why an answer may be another than Go's; null if it may not.</summary>
    private static string? Reason(Case one, Answer go, Answer own)
    {
        var range = one.Fields.FirstOrDefault(field => field[0] == "Range")?[1];
        if (one.Root.Length > 0)
        {
            var path = one.Target.Split('?')[0];
            if (own.Status == 404 && (path.Contains("//", StringComparison.Ordinal) || path.Contains("/.", StringComparison.Ordinal) || path.StartsWith("/%2e", StringComparison.Ordinal)))
                return "a path that is not clean is no file's: one file has one URL, and ServeMux has redirected to that already";
            if (own.Status == 404 && path.Contains("%2F", StringComparison.Ordinal)) return "an encoded slash is not one that parts directories (RFC 3986 section 2.2)";
            if ((go.Status, own.Status) == (301, 301) && own.Fields["Location"] == Encoded(go.Fields["Location"])) return "a Location is a URI reference, with what is no URI's encoded; and x:y/ would be of a scheme x";
        }
        if (one.Fields.Any(field => field[0] is "If-Match" or "If-None-Match" && field[1] == "\"v2\", *")) return "* stands alone (RFC 9110 sections 13.1.1 and 13.1.2)";
        if (range is null) return null;
        if (own.Status == 200 && one.Fields.Any(field => field[0] == "If-Range" && field[1] is "\"v1\";")) return "If-Range has one entity tag and nothing else (RFC 9110 section 13.1.5)";
        if (one.Method != "GET" && go.Status is 206 or 416 && own.Status == 200) return "no method but GET has ranges (RFC 9110 section 14.2)";
        var isEmpty = one.Root.Length == 0 ? one.Size == 0 : one.Target == "/empty.txt";
        if (go.Status is 206 or 416 && own.Status == 200 && isEmpty) return "a range of an empty file is ignored, as in Go since 1.21; before that \"bytes 0--1/0\" was sent";
        if (go.Status == 416 && own.Status is 200 or 206 && !range.StartsWith("bytes=", StringComparison.Ordinal)) return "an unknown unit is to be ignored, and a unit's name is without case (RFC 9110 section 14.1)";
        if (go.Status == 416 && range.Contains("99999999999999999999", StringComparison.Ordinal)) return "a number is as long as it likes (RFC 9110 section 14.1.1)";
        if (go.Status == 206 && own.Status == 416 && range == "bytes=-0") return "a suffix of no bytes cannot be satisfied (RFC 9110 section 14.1.2)";
        if (go.Status == 206 && own.Status == 416 && range.Contains('+')) return "a sign is no digit";
        if (go.Status == 206 && own.Status == 200 && range is "bytes=0-10,5-15,8-18" or "bytes=1-1,1-1,1-1") return "more than two ranges that overlap are ignored (RFC 9110 section 14.2)";
        return null;
    }

    private static string Encoded(string location)
    {
        var (before, name) = location.StartsWith("../", StringComparison.Ordinal) ? ("../", location[3..]) : ("", location);
        return name.Contains(':') ? "./" + name : before + Uri.EscapeDataString(name);
    }

    private static async Task CompareAsync(List<Case> cases, Func<Case, IHandler> handler, int seed)
    {
        var answers = await GoReference.AskAsync<Case, Answer>("files", cases);
        var wrong = new List<string>();
        for (var i = 0; i < cases.Count; i++)
        {
            var (one, go) = (cases[i], answers[i]);
            var w = await SiteDirectory.AskAsync(handler(one), one.Method, one.Target, [.. one.Fields.Select(field => $"{field[0]}: {field[1]}")]);
            var own = new Answer(w.StatusCode, w.SentHeader.GroupBy(field => field.Key).ToDictionary(field => field.Key, field => string.Join(", ", field.Select(line => line.Value))), w.Body);
            var (expected, actual) = (Show(one, go), Show(one, own));
            if (expected != actual && Reason(one, go, own) is null)
                wrong.Add($"{one.Method} {one.Target} {string.Join("; ", one.Fields.Select(field => $"{field[0]}: {field[1]}"))} (tag {one.Tag}, {one.Size} bytes, {one.Name})\n  Go:  {expected}\n  own: {actual}");
        }
        Assert.True(wrong.Count == 0, $"seed {seed}: {wrong.Count} of {cases.Count} differ\n{string.Join('\n', wrong.Take(25))}");
    }

    /// <summary>What is compared.</summary>
    private static string Show(Case one, Answer answer)
    {
        var body = Encoding.Latin1.GetString(answer.Body ?? []);
        var fields = new SortedDictionary<string, string>(answer.Fields.ToDictionary(field => field.Key.ToLowerInvariant(), field => field.Value), StringComparer.Ordinal);
        if (fields.GetValueOrDefault("content-type") is { } type && type.StartsWith("multipart/byteranges; boundary=", StringComparison.Ordinal))
        {
            var boundary = type["multipart/byteranges; boundary=".Length..];
            body = body.Replace(boundary, "B", StringComparison.Ordinal);
            fields["content-type"] = "multipart/byteranges";
            if (one.Method != "HEAD" && fields["content-length"] == (answer.Body?.Length ?? 0).ToString(CultureInfo.InvariantCulture)) fields["content-length"] = "its own";
        }
        // The page that lists a directory, and a text for people, are each server's own.
        if (answer.Status == 200 && one.Root.Length > 0 && one.Target.TrimEnd('/') is "/sub/deep") body = "";
        if (answer.Status is 416 or 404) body = "";
        string[] compared = answer.Status switch
        {
            416 or 404 => ["content-type"],
            301 => ["location"],
            // Of the entity tag, which Go's file server has none of, as of Last-Modified with it, there is nothing to be compared.
            304 when one.Root.Length > 0 => [],
            _ => ["content-type", "content-length", "content-range", "accept-ranges", "last-modified", "location"],
        };
        if (answer.Status == 412 || (answer.Body?.Length ?? 0) == 0 && answer.Status == 200 && one.Method == "GET") compared = [.. compared.Except(["content-length"])];
        return $"{answer.Status} {string.Join(", ", compared.Where(fields.ContainsKey).Select(name => $"{name}={fields[name]}"))} {body}";
    }

    public sealed record Case(string Root, string Method, string Target, string[][] Fields, string Tag, int Size, string Name);

    public sealed record Answer(int Status, Dictionary<string, string> Fields, byte[]? Body);
}
