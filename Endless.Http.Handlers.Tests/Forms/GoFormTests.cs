using System.Text;
using Endless.Http.Handlers.Tests.Reference;
using Endless.Http.Testing;
using Endless.Http.Tests.Processes;

namespace Endless.Http.Handlers.Tests.Forms;

/// <summary>Forms as Go's ParseMultipartForm reads them. Where this one differs and means to, the piece that the body has says why.</summary>
public sealed class GoFormTests
{
    private const int Seed = 18;
    private const int Cases = 4000;

    private const string Lf = "lines end in CRLF here (RFC 2046), as in the rest of HTTP";
    private const string Disposition = "a malformed Content-Disposition is refused here; Go passes the part over";
    private const string Twice = "a parameter that is there twice is refused here; Go passes the part over";
    private const string Coding = "Content-Transfer-Encoding is deprecated (RFC 7578 section 4.7) and not undone here";
    private const string FieldName = "a field name is a token here; Go passes others over, or takes them with their spaces";
    private const string FirstLine = "in front of the first part a line that begins with the boundary and goes on is refused here, as it is behind; Go passes it over";
    private const string NoEnd = "a body that ends where a header begins is refused here; Go takes it for the end";
    private const string BaseName = "a backslash separates directories here too, and . and .. are no names";
    private const string Controls = "control characters in headers are refused here";
    private const string Continued = "RFC 2231 continuations are not read here: no client sends them in forms";
    private const string Extended = "filename* of another charset, or broken, leaves the plain one; Go too, but as an empty one where it is alone";

    private static readonly Piece[] Preambles = ["", "", "", "\r\n", "preamble\r\n", "--bx\r\n", "--b-\r\n", "x--b\r\n", "\r\n\r\n", new("\n", Lf), new("a\n--b\nx\r\n", Lf)];

    private static readonly Piece[] Delimiters = ["--b\r\n", "--b\r\n", "--b\r\n", "--b\r\n", "--b  \r\n", "--b\t \r\n", new("--b x\r\n", FirstLine), new("--b\rx\r\n", FirstLine), new("--b- \r\n", FirstLine), new("--b\n", Lf)];

    private static readonly Piece[] Dispositions =
    [
        "form-data; name=a", "form-data; name=a", "form-data; name=\"b\"", "Form-Data; Name=\"a\"", "form-data; name=\"a\"; filename=\"f\"", "form-data; name=a; filename=g.txt", "form-data; name=a; filename=\"/x/y/h\"",
        "form-data; name=\"\u00c3\u00a9\"; filename=\"\u00c3\u00a9\"", "form-data; name=\"\u00e9\"", "form-data; name=\"a\\\"b\"; filename=\"a\\\\b\\\"\"".Replace("\\\\b", "b", StringComparison.Ordinal), "form-data; filename=x", "form-data; name=a; filename=\"\"",
        "form-data; name=\"\"; filename=x", "attachment; name=a", "form-data", "form-data; name=a;", "form-data;name=a;filename=f", "form-data; name=\"a;b\"; filename=\"c=d\"", "form-data; name=a%22b", "form-data; name=a; filename*=utf-8''%C3%A4x",
        "form-data; name=a; filename=\"a\\x\"".Replace("\\x", "x", StringComparison.Ordinal), "form-data; name=a; other=\"x\"",
        new("form-data; name=a; filename=\"C:\\x\\y\"", BaseName), new("form-data; name=a; filename=\"..\"", BaseName), new("form-data; name=a; filename=\"x/\"", BaseName),
        new("form-data; name=\"a", Disposition), new("form-data; name=a b", Disposition), new("form-data; name=", Disposition), new("", Disposition), new("form-data name=a", Disposition), new("form-data;; name=a", Disposition),
        new("form-data; name=a; name=b", Twice), new("form-data; name=a; filename*0=x; filename*1=y", Continued), new("form-data; name=a; filename*=latin1''x", Extended),
    ];

    private static readonly Piece[] Headers =
    [
        "", "", "", "", "Content-Type: text/plain\r\n", "X: 1\r\nX: 2\r\n", "X:\r\n", "X: 1\r\n  2\r\n", "no colon\r\n", new(" X: 1\r\n", Disposition),
        new("Y : 1\r\n", FieldName), new(": 1\r\n", FieldName), new("A B: 1\r\n", FieldName), new("X: \u0001\r\n", Controls), new("Content-Transfer-Encoding: quoted-printable\r\n", Coding), new("X: 1\n", Lf),
    ];

    private static readonly Piece[] Contents =
    [
        "", "x", "value", "\r\n", "\r", "\n", "a\nb", "--b", "--bx", "\r\n--bx\r\n", "\r\n--b-", "\r\n--b-x", "\r\n-", "\r\n--", "\r\n--c\r\n", "\r\r\n", "--", "\r\n\r\n--", "\0\u00ff", "a=1&b=2", "\u00c3\u00a9", "\r--b\r\n".Replace("\r--b", "\r--c", StringComparison.Ordinal),
        "\n--b\n", "\r\n--b", "\r\n--b ",
    ];

    private static readonly Piece[] Ends = ["--b--", "--b--", "--b--\r\n", "--b--\r\n", "--b-- \t\r\nepilogue", "--b--x", "--b-", "--b", "", new("--b\r\n", NoEnd), new("--b--\n", Lf)];

    [FactWithTools("go")]
    public async Task Multipart_is_read_as_Go_reads_it()
    {
        var random = new Random(Seed);
        var cases = new List<(string Body, string? Meant)>();
        for (var i = 0; i < Cases; i++)
        {
            var body = new StringBuilder();
            string? meant = null;
            Add(Preambles);
            for (var parts = random.Next(4); parts >= 0; parts--)
            {
                Add(Delimiters);
                if (random.Next(8) > 0)
                {
                    body.Append("Content-Disposition: ");
                    Add(Dispositions);
                    body.Append("\r\n");
                }
                Add(Headers);
                body.Append("\r\n");
                for (var more = random.Next(3); more >= 0; more--) Add(Contents);
                if (random.Next(30) > 0) body.Append("\r\n");
            }
            Add(Ends);
            cases.Add((body.ToString(), meant));

            void Add(Piece[] pieces)
            {
                var piece = pieces[random.Next(pieces.Length)];
                body.Append(piece.Text);
                meant ??= piece.Meant;
            }
        }
        await CompareAsync("multipart/form-data; boundary=b", cases);
    }

    [FactWithTools("go")]
    public async Task Urlencoded_is_read_as_Go_reads_it()
    {
        var random = new Random(Seed);
        string[] pieces = ["a", "b", "=", "=", "&", "&", "+", "%41", "%c3%a9", "%00", "%e9", "\u00c3\u00a9", "\u00e9", " ", "%", "%4", "%zz", ";", "\0", "\r\n", "%26", "%3D", "?", "#", "[]", "%2B"];
        var cases = new List<(string, string?)>();
        for (var i = 0; i < Cases; i++)
        {
            var body = new StringBuilder();
            for (var more = random.Next(12); more > 0; more--) body.Append(pieces[random.Next(pieces.Length - (random.Next(4) > 0 ? 12 : 0))]);
            cases.Add((body.ToString(), null));
        }
        await CompareAsync(Sent.UrlEncoded, cases);
    }

    private static async Task CompareAsync(string type, List<(string Body, string? Meant)> cases)
    {
        var answers = await GoReference.AskAsync<GoCase, GoAnswer>("forms", [.. cases.Select(one => new GoCase(type, Sent.Bytes(one.Body)))]);
        var (same, different) = (0, new List<string>());
        for (var i = 0; i < cases.Count; i++)
        {
            var go = answers[i].Error ? "error" : $"{Text(answers[i].Values)} | {Text(answers[i].Files)}";
            var here = await ReadAsync(cases[i].Body, type);
            if (go == here) same++;
            else if (cases[i].Meant is null) different.Add($"{Quoted(cases[i].Body)}\n  Go:   {go}\n  here: {here}");
        }
        Assert.True(different.Count == 0, $"{different.Count} differences without a reason, with seed {Seed}:\n{string.Join('\n', different.Take(10))}");
        Assert.True(same > Cases / 4, $"Only {same} are the same.");
    }

    private static async Task<string> ReadAsync(string body, string type)
    {
        try
        {
            var form = await new RequestBuilder("POST", "/").Body(Sent.Bytes(body), type).Build().ReadFormAsync();
            var values = form.Values.Select(pair => (pair.Key, Text: $"{Quoted(pair.Key)}={Quoted(pair.Value)}"));
            var files = form.Files.Select(file => (Key: file.Name, Text: $"{Quoted(file.Name)}={Quoted(file.FileName)}={Quoted(Content(file))}"));
            return $"{Sorted(values)} | {Sorted(files)}";
        }
        catch (HttpErrorException)
        {
            return "error";
        }
    }

    private static string Content(FormFile file)
    {
        using var reader = new StreamReader(file.OpenReadStream(), new UTF8Encoding(false), detectEncodingFromByteOrderMarks: false);
        return reader.ReadToEnd();
    }

    // In order within a name.
    private static string Sorted(IEnumerable<(string Key, string Text)> lines) => string.Join(", ", lines.OrderBy(line => line.Key, StringComparer.Ordinal).Select(line => line.Text));

    /// <summary>What Go gives as bytes, read as UTF-8 as here.</summary>
    private static string Text(byte[][][] lines) =>
        Sorted(lines.Select(line => line.Select(Encoding.UTF8.GetString).ToArray()).Select(line => (line[0], string.Join('=', line.Select(Quoted)))));

    private static string Quoted(string text) => System.Text.Json.JsonSerializer.Serialize(text);

    private sealed record Piece(string Text, string? Meant)
    {
        public static implicit operator Piece(string text) => new(text, null);
    }

    private sealed record GoCase(string Type, byte[] Body);

    private sealed record GoAnswer(bool Error, byte[][][] Values, byte[][][] Files);
}
