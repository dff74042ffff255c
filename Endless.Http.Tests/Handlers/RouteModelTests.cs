using Endless.Http.Routing;
using Xunit.Abstractions;

namespace Endless.Http.Tests.Handlers;

/// <summary>
/// The mux against its definition, by brute force: a pattern is the set of the requests that it fits, and of the patterns that fit a request the one whose set lies within all the
/// others' wins. Random patterns, and every request up to a depth that none of them reaches.
/// </summary>
public sealed class RouteModelTests(ITestOutputHelper output)
{
    private const int Rounds = 150;

    private static readonly string[] Methods = ["GET", "HEAD", "POST"];
    private static readonly string[] Hosts = ["x", "y"];

    // As sent, and what it stands for.
    private static readonly (string Sent, string Value)[] Segments = [("a", "a"), ("b", "b"), ("%61%62", "ab"), ("a%2Fb", "a/b")];
    private static readonly Target[] Requests = [.. AllRequests()];

    [Fact]
    public void The_route_of_a_request_is_the_most_specific_one()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < Rounds; round++)
        {
            var routes = new List<(Route Route, bool[] Fits)>();
            var registered = new RouteTree([]);
            for (var i = 0; i < 12; i++)
            {
                var route = new Route(RoutePattern.Parse(RandomPattern(random)), Handler.From((_, _) => { }));
                var fits = Array.ConvertAll(Requests, request => Fits(route.Parsed, request));
                var conflicts = routes.Find(other => RouteConflict.Between(route.Parsed, other.Route.Parsed) is not null);
                var expected = routes.Exists(other => Conflict(route.Parsed, fits, other.Route.Parsed, other.Fits));
                Assert.True(expected == conflicts.Route is not null, $"{route.Parsed.Text} beside {string.Join(", ", routes.Select(r => r.Route.Parsed.Text))}");
                var overlapping = registered.Overlapping(route.Parsed);
                Assert.All(routes, other => Assert.True(
                    other.Route.Parsed.Host != route.Parsed.Host || !Overlap(fits, other.Fits) || overlapping.Contains(other.Route), $"{route.Parsed.Text} beside {other.Route.Parsed.Text}"));
                if (expected) continue;
                routes.Add((route, fits));
                registered.Add(route);
            }

            var tree = new RouteTree(routes.Select(r => r.Route));
            for (var i = 0; i < Requests.Length; i++)
            {
                var request = Requests[i];
                var search = new RouteSearch(request.Method);
                var found = tree.Find(request.Host, new SegmentedPath(request.Path), ref search);
                var best = Best(routes.FindAll(r => r.Fits[i]));
                var context = $"{request}: {found?.Parsed.Text} for {best?.Parsed.Text} among {string.Join(", ", routes.Select(r => r.Route.Parsed.Text))}";
                Assert.True(found == best, context);
                if (found is not null) continue;
                Assert.True(search.FitsWithSlash == routes.Exists(r => Fits(r.Route.Parsed, request with { EndsWithSlash = true }) && !request.EndsWithSlash), context);
                if (search.FitsWithSlash) continue;
                // 405 names the methods with which the path would have fitted, or been redirected to itself with a slash (Go's matchingMethods).
                var allowed = Methods.Where(method => routes.Exists(r => Fits(r.Route.Parsed, request with { Method = method }) || Fits(r.Route.Parsed, request with { Method = method, EndsWithSlash = true })));
                Assert.True((search.Allowed ?? []).Order().SequenceEqual(allowed.Order()), context);
            }
        }
    }

    [Fact]
    public void A_new_route_is_compared_with_those_alone_that_fit_the_same_paths()
    {
        const int routes = 10_000;
        var registered = new RouteTree([]);
        var comparisons = 0;
        foreach (var pattern in Enumerable.Range(0, routes).SelectMany(i => (string[])[$"GET /r{i}", $"/r{i}/{{id}}", $"PUT /r{i}/{{id}}/parts/", $"/all/{{id}}/r{i}", $"h{i}.example/"]).Prepend("/"))
        {
            var route = new Route(RoutePattern.Parse(pattern), Handler.From((_, _) => { }));
            comparisons += registered.Overlapping(route.Parsed).Count;
            registered.Add(route);
        }
        Assert.Equal(4 * routes, comparisons); // each with the one that fits every path, but for those of a host of their own
    }

    private static bool Overlap(bool[] a, bool[] b)
    {
        for (var i = 0; i < a.Length; i++)
            if (a[i] && b[i]) return true;
        return false;
    }

    private static IEnumerable<Target> AllRequests()
    {
        var paths = new List<(string Sent, string[] Values)> { ("", []) };
        for (var depth = 0; depth < 3; depth++)
            paths.AddRange([.. from path in paths where path.Values.Length == depth from segment in Segments select ($"{path.Sent}/{segment.Sent}", (string[])[.. path.Values, segment.Value])]);
        foreach (var (sent, values) in paths)
            foreach (var method in Methods)
                foreach (var host in Hosts)
                {
                    if (values.Length > 0) yield return new(method, host, sent, values, false);
                    yield return new(method, host, sent + "/", values, true);
                }
    }

    private static string RandomPattern(Random random)
    {
        var method = random.Next(3) == 0 ? Methods[random.Next(Methods.Length)] + " " : "";
        var host = random.Next(4) == 0 ? Hosts[random.Next(Hosts.Length)] : "";
        var path = "";
        var depth = random.Next(3);
        for (var i = 0; i < depth; i++) path += random.Next(3) switch { 0 => "/a", 1 => random.Next(2) == 0 ? "/b" : "/ab", _ => $"/{{p{i}}}" };
        path += random.Next(4) switch { 0 => "/", 1 => "/{$}", 2 => "/{rest...}", _ => depth == 0 ? "/a" : "" };
        return method + host + path;
    }

    private static bool Fits(RoutePattern pattern, Target request)
    {
        if (pattern.Method is { } method && method != request.Method && !(method == "GET" && request.Method == "HEAD")) return false;
        if (pattern.Host.Length > 0 && pattern.Host != request.Host) return false;
        for (var i = 0; i < pattern.Segments.Count; i++)
        {
            var segment = pattern.Segments[i];
            // What ends a pattern needs the slash before it.
            var isAtSlash = i < request.Values.Length || (i == request.Values.Length && request.EndsWithSlash);
            if (segment.Kind == SegmentKind.Rest) return isAtSlash;
            if (segment.Kind == SegmentKind.End) return i == request.Values.Length && isAtSlash;
            if (i >= request.Values.Length || (segment.Kind == SegmentKind.Literal && segment.Text != request.Values[i])) return false;
        }
        return request.Values.Length == pattern.Segments.Count && !request.EndsWithSlash;
    }

    private static bool Conflict(RoutePattern a, bool[] ofA, RoutePattern b, bool[] ofB)
    {
        if (a.Host != b.Host) return false;
        bool both = false, onlyA = false, onlyB = false;
        for (var i = 0; i < ofA.Length; i++)
        {
            both |= ofA[i] && ofB[i];
            onlyA |= ofA[i] && !ofB[i];
            onlyB |= ofB[i] && !ofA[i];
        }
        return both && onlyA == onlyB;
    }

    private static Route? Best(List<(Route Route, bool[] Fits)> fitting)
    {
        // A host wins over none, whatever else they say.
        if (fitting.Exists(r => r.Route.Parsed.Host.Length > 0)) fitting.RemoveAll(r => r.Route.Parsed.Host.Length == 0);
        return fitting.Count == 0 ? null : fitting.MinBy(r => r.Fits.Count(fits => fits)).Route;
    }

    private sealed record Target(string Method, string Host, string Path, string[] Values, bool EndsWithSlash);
}
