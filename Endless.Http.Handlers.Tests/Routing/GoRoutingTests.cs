using System.Text.RegularExpressions;
using Endless.Http.Handlers.Tests.Reference;
using Endless.Http.Tests.Processes;
using Xunit.Abstractions;

namespace Endless.Http.Handlers.Tests.Routing;

/// <summary>
/// The mux and StripPrefix beside Go's. Before Go 1.22 its mux knows neither methods nor wildcards: then patterns of hosts and literal paths alone are compared. What is meant to differ is taken out in
/// <see cref="IsMeant"/>, each with its reason.
/// </summary>
public sealed partial class GoRoutingTests(ITestOutputHelper output)
{
    private const int Rounds = 400;
    private const int RequestsPerRound = 40;

    private static readonly string[] Names = ["p0", "p1", "rest"];

    [FactWithTools("go")]
    public async Task Literal_patterns_are_matched_cleaned_and_redirected_as_Gos() => await CompareAsync(withWildcards: false);

    [FactWithTools("go")]
    public async Task Methods_and_wildcards_are_as_Gos() => await CompareAsync(withWildcards: true);

    [FactWithTools("go")]
    public async Task A_prefix_is_stripped_as_Gos()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        string[] prefixes = ["", "/a", "/a/", "/a b", "/a/b", "/a%20b", "/\u00e9", "/a/b/", "/ab"];
        string[] parts = ["/a", "/b", "/ab", "/a%20b", "/%61", "%2Fb", "/%C3%A9", "/%c3%a9", "/", "//", "/a%2Fb", "/.", "/..", "c", "+", "/a+b"];
        var cases = Enumerable.Range(0, 4_000).Select(_ => new StripCase(Pick(prefixes, random), "/" + string.Concat(Enumerable.Range(0, random.Next(4)).Select(_ => Pick(parts, random))).TrimStart('/'))).Distinct().ToList();
        var answers = await GoReference.AskAsync<StripCase, StripAnswer>("strip", cases);
        for (var i = 0; i < cases.Count; i++)
        {
            var (prefix, target) = cases[i];
            Request? seen = null;
            var w = await RouterTests.AskAsync(Handler.StripPrefix(prefix, Handler.From((w, r) => { seen = r; })), "GET", target);
            var go = answers[i];
            var expected = go.Status == 404 ? (404, null, null) : (200, go.Path, go.RawPath);
            if (go.Status == 200)
            {
                // The slash at the end of a prefix is left in place here: a path begins with one.
                if (prefix.EndsWith('/') || go.Path.Length == 0) expected = (200, "/" + go.Path, "/" + go.RawPath);
                // Go's rest of "/ab" behind "/a" is "b", which is no path. And it takes a slash that is encoded, and so a part of a name, for the end of the prefix: of "/a%2Fb" the path is "/b", and "%2Fb" as sent.
                else if (!go.Path.StartsWith('/') || !go.RawPath.StartsWith('/')) expected = (404, null, null);
            }
            // The slash of the prefix is not asked for here: behind "/a/" both "/a" and "/a/" are the root.
            if (prefix.EndsWith('/') && target == prefix[..^1]) expected = (200, "/", "/");
            Assert.True(expected == (w.StatusCode == 0 ? 200 : w.StatusCode, seen?.Path, seen?.RawPath), $"seed {seed}: {cases[i]}: {w.StatusCode} {seen?.Path} {seen?.RawPath} for {expected}");
        }
    }

    private async Task CompareAsync(bool withWildcards)
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var cases = Enumerable.Range(0, Rounds).Select(_ => RandomCase(random, withWildcards)).ToList();
        var answers = await GoReference.AskAsync<MuxCase, MuxAnswer>("mux", cases);
        if (withWildcards && !answers[0].Modern)
        {
            output.WriteLine("not compared: this Go is older than 1.22, whose mux is the first with methods and wildcards");
            return;
        }
        var compared = 0;
        for (var i = 0; i < cases.Count; i++)
        {
            var mux = new ServeMux();
            var rejected = new List<int>();
            for (var j = 0; j < cases[i].Patterns.Length; j++)
            {
                var pattern = cases[i].Patterns[j];
                try
                {
                    mux.HandleFunc(pattern, (w, r) => w.Write(answers[0].Modern ? $"{pattern} {string.Join(' ', Names.Select(name => $"{name}={r.PathValue(name)}"))}" : pattern));
                }
                catch (ArgumentException)
                {
                    rejected.Add(j);
                }
            }
            Assert.True(answers[i].Rejected.SequenceEqual(rejected), $"seed {seed}: of {string.Join(" | ", cases[i].Patterns)} Go refuses {string.Join(' ', answers[i].Rejected)}, and we {string.Join(' ', rejected)}");
            for (var j = 0; j < cases[i].Requests.Length; j++)
            {
                var request = cases[i].Requests[j];
                var go = answers[i].Responses[j];
                var w = await RouterTests.AskAsync(mux, request.Method, request.Target, request.Host);
                var ours = new MuxResponse(w.StatusCode == 0 ? 200 : w.StatusCode, w.SentHeader["Location"] ?? "", w.SentHeader["Allow"] ?? "", w.Text);
                if (IsMeant(request, go, ours)) continue;
                // Before Go 1.22 patterns without a host had a say in whether a slash is added where one of the request's host fits; since then the host wins, as here.
                if (!answers[i].Modern && (go.Status == 301 || ours.Status == 307) && cases[i].Patterns.Any(pattern => pattern[0] != '/')) continue;
                compared++;
                Assert.True(Same(go, ours), $"seed {seed}: {request} among {string.Join(" | ", cases[i].Patterns)}: Go {go}, we {ours}");
            }
        }
        output.WriteLine($"{compared} answers compared");
        Assert.True(compared > Rounds * RequestsPerRound / 2, $"Only {compared} answers were compared.");
    }

    /// <summary>
    /// Since Go 1.26 a redirect of the mux is a 307, and a 301 before, with which clients make a GET of a POST. Go encodes the decoded path anew, and what the client sent is kept here: of <c>%2F</c> Go makes a slash.
    /// </summary>
    private static bool Same(MuxResponse go, MuxResponse ours) =>
        go.Status is 301 or 307 ? ours.Status == 307 && Uri.UnescapeDataString(go.Location) == Uri.UnescapeDataString(ours.Location) : go.Status == ours.Status && go.Allow == ours.Allow && (go.Status != 200 || go.Body == ours.Body);

    private static bool IsMeant(MuxRequest request, MuxResponse go, MuxResponse ours)
    {
        // Go redirects a path that is not clean even where the clean one is a 404 or a 405: that is answered at once here.
        if (go.Status is 301 or 307 && ours.Status is 404 or 405 && Unclean().IsMatch(request.Target)) return true;
        // A path that ends with a dot segment is that of a directory, and keeps its slash (RFC 3986 section 5.2.4): Go's path.Clean takes it away, and then redirects a second time.
        if (DotAtEnd().IsMatch(request.Target)) return true;
        // Dots that are percent-encoded are dots (RFC 3986 section 6.2.2.2), which Go takes for a name; beside an encoded slash they are refused.
        return request.Target.Contains("%2e", StringComparison.OrdinalIgnoreCase);
    }

    private static MuxCase RandomCase(Random random, bool withWildcards)
    {
        var patterns = Enumerable.Range(0, random.Next(1, 9)).Select(_ => RandomPattern(random, withWildcards)).ToArray();
        string[] parts = withWildcards ? ["/a", "/b", "/ab", "/%61", "/a%2Fb", "/c", "/.", "/..", "/", "/a%20b", "/%2e%2e"] : ["/a", "/b", "/ab", "/%61", "/c", "/.", "/..", "/"];
        string[] methods = withWildcards ? ["GET", "HEAD", "POST", "PUT"] : ["GET", "POST"];
        var requests = Enumerable.Range(0, RequestsPerRound).Select(_ => new MuxRequest(
            Pick(methods, random),
            Pick(["x", "y", "x:80"], random),
            (string.Concat(Enumerable.Range(0, random.Next(5)).Select(_ => Pick(parts, random))) is { Length: > 0 } path ? path : "/") + (random.Next(3) == 0 ? "?q=1&r=%2F" : ""))).ToArray();
        return new MuxCase(patterns, Names, requests);
    }

    private static string RandomPattern(Random random, bool withWildcards)
    {
        var method = withWildcards && random.Next(3) == 0 ? Pick(["GET ", "HEAD ", "POST "], random) : "";
        var host = random.Next(5) == 0 ? Pick(["x", "y"], random) : "";
        var path = string.Concat(Enumerable.Range(0, random.Next(3)).Select(i => withWildcards && random.Next(3) == 0 ? $"/{{p{i}}}" : Pick(["/a", "/b", "/ab"], random)));
        path += withWildcards ? Pick(["", "/", "/{$}", "/{rest...}"], random) : Pick(["", "/"], random);
        return method + host + (path.Length > 0 ? path : "/");
    }

    private static T Pick<T>(T[] among, Random random) => among[random.Next(among.Length)];

    [GeneratedRegex(@"//|/\.\.?(/|\?|$)")]
    private static partial Regex Unclean();

    [GeneratedRegex(@"/\.\.?(\?|$)")]
    private static partial Regex DotAtEnd();

    private sealed record MuxRequest(string Method, string Host, string Target);

    private sealed record MuxCase(string[] Patterns, string[] Names, MuxRequest[] Requests);

    private sealed record MuxResponse(int Status, string Location, string Allow, string Body);

    private sealed record MuxAnswer(bool Modern, int[] Rejected, MuxResponse[] Responses);

    private sealed record StripCase(string Prefix, string Target);

    private sealed record StripAnswer(int Status, string Path, string RawPath);
}
