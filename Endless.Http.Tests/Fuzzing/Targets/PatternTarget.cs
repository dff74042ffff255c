using System.Buffers;
using System.Text;
using Endless.Http.Routing;
using Endless.Http.Semantics;
using Endless.Http.Tests.Fuzzing.Coverage;

namespace Endless.Http.Tests.Fuzzing.Targets;

/// <summary>
/// Patterns of a mux, one a line, and in the last line a request's method, host and path. A pattern is taken or an ArgumentException says why; whether two conflict and which is found depends on no order; the route that is
/// found is the one that a look at all of them finds (<see cref="NaiveRoutes"/>); and no request reaches a handler by a path that is not clean.
/// </summary>
internal sealed class PatternTarget : FuzzTarget
{
    private const int MostPatterns = 12;

    private readonly ArrayBufferWriter<byte> _output = new();

    public override IReadOnlyList<byte[]> Seeds { get; } = Texts(
        "/\n/a/{x}\nGET /a/b\nGET h /a/b",
        "GET a.example/{a}/b\n/{x...}\nPOST /q/{$}\n/q/\nHEAD a.example:80 /x/b",
        "/a%2Fb/{x}\n/c/\nGET h /c",
        "/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/{x}/{y...}\nGET h /a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t",
        "/a\n/b\n/c\n/d\n/e\n/f\n/{x}\nGET h /%65",
        "/items/:id\nget /x\nGET/x\n/a?b=1\n/*\n/<x>\na b\nGET h /a/..%2fb/%2e%2e//./x");

    // Where the path had an encoded slash, each of its segments was searched for from its front.
    public override IReadOnlyList<byte[]> Faults { get; } = Texts("GET h /%2F" + string.Concat(Enumerable.Repeat("/q", 900)));

    public override IReadOnlyList<byte[]> Words { get; } = Texts(
        "GET ", "HEAD ", "POST ", "CONNECT ", "/", "//", "/{x}", "/{y...}", "/{$}", "{", "}", "...", "%2f", "%2F", "%2e", "%00", "%", "%e9", "%C3%A9", ".", "..", "/./", "/../", "\n", " ", "\t", "h", "h.", "H:80", "[::1]", ":id", "*", "?", "#", "\\", "a", "/a", "/b/", "\u00e9", "\u00c3\u00a9", "@", "/a/a/a/a/a/a/a/a/a");

    public override int MaxLength => 2000;

    // Of a pattern, and so of a path, that has more than sixteen segments each further one is searched for.
    public override long MaxWork(int length) => 30_000 + 150L * length + (long)length * length / 20;

    public override long MaxAllocated(int length) => 300_000 + 8_000L * length;

    public override void Run(byte[] input)
    {
        var lines = Encoding.UTF8.GetString(input).Split('\n');
        var mux = new ServeMux();
        var taken = Register(mux, lines.Take(Math.Min(lines.Length - 1, MostPatterns)));
        AssertOrderPlaysNoPart(taken);
        if (lines[^1].Split(' ', 3) is not [var method, var host, var path]) return;
        if (!FieldGrammar.IsToken(method) || RequestTarget.Parse(method, Encoding.UTF8.GetBytes(path)) is not { } target) return;
        AssertPaths(target.RawPath);
        AssertFound(mux, taken, method, host, target);
    }

    private static List<RoutePattern> Register(ServeMux mux, IEnumerable<string> texts)
    {
        var taken = new List<RoutePattern>();
        foreach (var text in texts)
        {
            try
            {
                mux.HandleFunc(text, Answer);
                taken.Add(RoutePattern.Parse(text));
            }
            catch (ArgumentException exception)
            {
                Assert.True(exception.Message.Length > 20, "It does not say why.");
            }
        }
        return taken;
    }

    private static void Answer(ResponseWriter w, Request r)
    {
        Assert.True(new SegmentedPath(r.RawPath).IsClean || r.Method == "CONNECT", "A handler is reached by a path that is not clean.");
        var reading = new Reading();
        reading.Add(r.Pattern ?? "");
        w.Header.Set("X-Reading", reading.ToString());
    }

    private static void AssertOrderPlaysNoPart(List<RoutePattern> taken)
    {
        var other = new ServeMux();
        foreach (var pattern in Enumerable.Reverse(taken)) other.HandleFunc(pattern.Text, Answer);
        foreach (var a in taken)
            foreach (var b in taken)
                Assert.True(a == b || RouteConflict.Between(a, b) is null, $"{a.Text} and {b.Text} conflict, and were both taken.");
    }

    private static void AssertPaths(string path)
    {
        var clean = PathCleaning.Clean(path);
        Assert.True(new SegmentedPath(clean).IsClean, $"{clean} is not clean.");
        Assert.Equal(clean, PathCleaning.Clean(clean));
        if (new SegmentedPath(path).IsClean) Assert.Equal(path, clean);
        var location = LocationField.EncodePath(clean);
        // Browsers take a backslash for a slash, and two slashes for a host.
        Assert.True(location[0] == '/' && location is not ['/', '/' or '\\', ..] && !location.Contains('\\'), $"{location} leads elsewhere.");
    }

    private void AssertFound(ServeMux mux, List<RoutePattern> taken, string method, string host, RequestTarget target)
    {
        if (!Authority.IsValid(Encoding.UTF8.GetBytes(host), out _) || method == "CONNECT" || target.Authority is not null || target.RawPath == "*") return;
        var engine = new EngineInMemory(mux);
        var request = Encoding.UTF8.GetBytes($"{method} {target.Raw} HTTP/1.1\r\nHost: {host}\r\n\r\n");
        Assert.Null(engine.Serve(request, 0, length => length, _output));
        var answers = _output.WrittenSpan;
        var answer = Fuzzing.Answer.TryTake(ref answers, out _) ?? throw new InvalidDataException("This is no response.");
        var path = new SegmentedPath(target.RawPath);
        if (!path.IsClean || path.HidesDots)
        {
            Assert.True(answer.Status is 307 or 400 or 404 or 405, $"{target.RawPath} is answered with {answer.Status}.");
            return;
        }
        var naive = new NaiveRoutes(taken);
        var best = naive.Find(method, host, target.RawPath);
        // A path that only lacks its slash is redirected, unless a route fits just that path.
        if (naive.FitsWithSlash(method, host, target.RawPath) && best is null or { EndsWithRest: true } && answer.Status == 307) return;
        if (best is null)
        {
            Assert.True(answer.Status == (naive.FitsOtherMethods(host, target.RawPath) ? 405 : 404), $"{target.RawPath} fits nothing and is answered with {answer.Status}.");
            return;
        }
        var reading = new Reading();
        reading.Add(best.Text);
        Assert.True(answer.Status == 200 && answer.Reading == reading.ToString(), $"{target.RawPath} is {best.Text}'s, and is answered with {answer.Status}.");
    }
}
