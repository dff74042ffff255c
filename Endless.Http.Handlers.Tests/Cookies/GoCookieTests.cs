using System.Text;
using Endless.Http.Handlers.Tests.Reference;
using Endless.Http.Testing;
using Endless.Http.Tests.Processes;

namespace Endless.Http.Handlers.Tests.Cookies;

/// <summary>Cookies as Go's net/http reads and writes them.</summary>
public sealed class GoCookieTests
{
    private const int Seed = 18;
    private const int Cases = 4000;

    [FactWithTools("go")]
    public async Task They_are_read_as_Go_reads_them()
    {
        string[] pieces = ["a", "b", "__Host-c", "=", "=", "=", ";", "; ", "; ", "\"", "\"", ",", " ", "\t", "\\", "(", "\u00e9", "%41", "1", "$Version", "{}", "==", ";;", "'"];
        var random = new Random(Seed);
        var cases = new List<string[]>();
        for (var i = 0; i < Cases; i++) cases.Add([.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => Line())]);
        var answers = await GoReference.AskAsync<string[], string[]>("cookies", cases);
        var different = new List<string>();
        for (var i = 0; i < Cases; i++)
        {
            var builder = new RequestBuilder("GET", "/");
            foreach (var line in cases[i]) builder.Header("Cookie", line);
            var r = builder.Build();
            string[] here = [.. r.Cookies().SelectMany(pair => new[] { pair.Key, pair.Value })];
            if (!here.SequenceEqual(answers[i])) different.Add($"{string.Join(" | ", cases[i])}\n  Go:   {string.Join('|', answers[i])}\n  here: {string.Join('|', here)}");
            if (here.Length > 0) Assert.Equal(here[1], r.Cookie(here[0]));
        }
        Assert.True(different.Count == 0, $"{different.Count} differences with seed {Seed}:\n{string.Join('\n', different.Take(10))}");
        Assert.True(answers.Count(answer => answer.Length > 0) > Cases / 4);

        string Line()
        {
            var line = new StringBuilder();
            for (var more = random.Next(1, 14); more > 0; more--) line.Append(pieces[random.Next(pieces.Length)]);
            return line.ToString();
        }
    }

    /// <summary>What is written is what Go writes. What Go repairs or drops with a line in its log, a bad value, path or domain, and what browsers drop, is refused here: SetCookieTests.</summary>
    [FactWithTools("go")]
    public async Task They_are_written_as_Go_writes_them()
    {
        var random = new Random(Seed);
        var cases = new List<(ResponseCookie Here, GoCookie Go)>();
        for (var i = 0; i < Cases; i++)
        {
            var secure = random.Next(2) > 0;
            var sameSite = random.Next(secure ? 4 : 3);
            var age = random.Next(4);
            var expires = random.Next(3) == 0 ? random.NextInt64(-11_000_000_000, 50_000_000_000) : 0;
            var go = new GoCookie(
                Any("a", "session", "__x", "A-b!#$%&'*+.^_`|~0"),
                Any("", "1", "a b", "a,b", " ", "a=b", "%C3%A9", new string('x', 300), "(){}[]:?@/<>"),
                Any("", "/", "/a b", "/a/%20?x=1,"),
                Any("", "example.org", ".example.org", "127.0.0.1", "a-b.x1.example"),
                expires,
                age switch { 0 => 0, 1 => -1, 2 => 1, _ => random.Next(1, 1 << 30) },
                secure,
                random.Next(2) > 0,
                sameSite switch { 0 => 2, 1 => 3, 2 => 1, _ => 4 });
            cases.Add((new ResponseCookie(go.Name, go.Value)
            {
                Path = go.Path.Length > 0 ? go.Path : null,
                Domain = go.Domain.Length > 0 ? go.Domain : null,
                Expires = expires == 0 ? null : DateTimeOffset.FromUnixTimeSeconds(expires),
                MaxAge = go.MaxAge == 0 ? null : TimeSpan.FromSeconds(go.MaxAge),
                Secure = secure,
                HttpOnly = go.HttpOnly,
                SameSite = sameSite switch { 0 => SameSite.Lax, 1 => SameSite.Strict, 2 => SameSite.Unspecified, _ => SameSite.None },
            }, go));
        }
        var answers = await GoReference.AskAsync<GoCookie, string>("set-cookie", [.. cases.Select(one => one.Go)]);
        for (var i = 0; i < Cases; i++) Assert.Equal(answers[i], cases[i].Here.ToString());

        string Any(params string[] texts) => texts[random.Next(texts.Length)];
    }

    private sealed record GoCookie(string Name, string Value, string Path, string Domain, long Expires, int MaxAge, bool Secure, bool HttpOnly, int SameSite);
}
