using System.Collections;
using System.Net.Sockets;
using System.Reflection;
using System.Security.Cryptography.X509Certificates;
using Endless.Http.Tests.Http1;
using Endless.Http.Tests.Server;
using Endless.Http.Tests.Tls;
using Mono.Unix.Native;

namespace Endless.Http.Tests.Architecture;

/// <summary>What happens to whoever enumerates a collection of the API that is changed meanwhile: an exception, or nothing; never an item skipped in silence.</summary>
public sealed class CollectionTests
{
    private static readonly string[] Letters = ["a", "b", "c", "d", "e"];

    /// <summary>Everything public that can be enumerated, and why that is safe.</summary>
    private static readonly Dictionary<string, string> Known = new()
    {
        ["CookieExtensions.Cookies"] = "the lines of the request as they were, RequestCookiesTests",
        ["CompressOptions.Codings"] = "throws",
        ["CompressOptions.Types"] = "throws",
        ["CacheOptions.KeyFields"] = "read once, when the middleware is made",
        ["CorsOptions.ExposedHeaders"] = "read once, when the middleware is made",
        ["CorsOptions.Headers"] = "read once, when the middleware is made",
        ["CorsOptions.Methods"] = "read once, when the middleware is made",
        ["CorsOptions.Origins"] = "read once, when the middleware is made",
        ["CrossOriginProtectionOptions.TrustedOrigins"] = "read once, when the middleware is made",
        ["DelegatingResponseWriter.Header"] = "HeaderTests",
        ["DelegatingResponseWriter.Trailers"] = "HeaderTests",
        ["EmbeddedFiles.List"] = "made anew at each call",
        ["EndlessServer.Addresses"] = "made anew at each call",
        ["EndlessServer.Certificates"] = "made anew at each call",
        ["EndlessServer.Connections"] = "made anew at each call",
        ["EndlessServer.LocalEndPoints"] = "made anew at each call",
        ["EndlessServer.WarmUp"] = "throws",
        ["FileServer.ContentTypes"] = "throws where it grows; an item may be removed",
        ["FileServer.IndexFiles"] = "read-only",
        ["FileSource.List"] = "made anew at each call",
        ["Form.Files"] = "read-only",
        ["Form.Values"] = "read-only",
        ["FormFile.Header"] = "HeaderTests",
        ["ForwardedHeadersOptions.Proxies"] = "read once, when the middleware is made",
        ["Header"] = "HeaderTests",
        ["Header.Values"] = "HeaderTests",
        ["MultipartPart.Header"] = "HeaderTests",
        ["OpenApiOptions.Servers"] = "copied when the handler is made",
        ["MemoryFiles"] = "of what was there at its beginning",
        ["MemoryFiles.List"] = "made anew at each call",
        ["OverlayFiles.List"] = "made anew at each call",
        ["PhysicalFiles.List"] = "made anew at each call",
        ["ProblemDetails.Errors"] = "throws where it grows; an item may be removed",
        ["ProblemDetails.Extensions"] = "throws",
        ["Request.Header"] = "HeaderTests",
        ["Request.Query"] = "read-only",
        ["Request.Trailers"] = "HeaderTests",
        ["Request.Values"] = "throws where it grows; an item may be removed",
        ["RequestCookies"] = "the lines of the request as they were, RequestCookiesTests",
        ["ResponseWriter.Header"] = "HeaderTests",
        ["ResponseWriter.Trailers"] = "HeaderTests",
        ["Route.Metadata"] = "read-only",
        ["ServeMux.Routes"] = "read-only",
        ["Session.Keys"] = "made anew at each call",
        ["SignalHooks.HandledSignals"] = "read-only",
        ["TlsOptions.ApplicationProtocols"] = "throws",
        ["TlsOptions.ClientAuthorities"] = "throws",
        ["TlsOptions.ServerNames"] = "throws where it grows; an item may be removed",
        ["UrlValues"] = "read-only",
        ["UrlValues.Parse"] = "read-only",
        ["UrlValues.Values"] = "made anew at each call",
        ["WebSocketOptions.AllowedOrigins"] = "throws",
        ["WebSocketOptions.Subprotocols"] = "throws",
    };

    [Fact]
    public void Every_public_collection_is_known()
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var type in typeof(EndlessServer).Assembly.GetExportedTypes().Where(type => !type.IsSubclassOf(typeof(Delegate))))
        {
            if (IsCollection(type)) found.Add(type.Name);
            foreach (var member in type.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
                if (IsCollection(member is PropertyInfo property ? property.PropertyType : member is MethodInfo { IsSpecialName: false } method ? method.ReturnType : typeof(void)))
                    found.Add($"{type.Name}.{member.Name}");
        }
        Assert.Equal(Known.Keys.Order(StringComparer.Ordinal), found);
    }

    [Fact]
    public void WarmUp_and_the_lists_of_TLS_throw()
    {
        using var fixture = new ServerFixture();
        AssertThrows(fixture.Server.WarmUp, Letters.Select(letter => $"/{letter}"), list => list.RemoveAt(0));
        AssertThrows(fixture.Server.WarmUp, ["/f"], list => list.Insert(0, "/g"));
        AssertThrows(new TlsOptions().ApplicationProtocols, Letters, list => list.RemoveAt(0));
        var authorities = new TlsOptions().ClientAuthorities;
        for (var i = 0; i < 3; i++) authorities.Add(TlsFixture.Authority.Issue($"host{i}"));
        Assert.Throws<InvalidOperationException>(() =>
        {
            foreach (X509Certificate2 one in authorities) authorities.Remove(one);
        });
    }

    [Fact]
    public async Task A_requests_values_lose_none_when_each_is_removed_as_it_is_met()
    {
        var met = new List<string>();
        Exception? grown = null;
        await using var server = new Http1Fixture((_, r) =>
        {
            foreach (var letter in Letters) r.Values[letter] = letter;
            foreach (var (key, _) in r.Values)
            {
                met.Add(key);
                r.Values.Remove(key);
            }
            r.Values["x"] = r.Values["y"] = "";
            grown = Record.Exception(() =>
            {
                foreach (var (key, _) in r.Values) r.Values[key + key] = "";
            });
        });
        await server.RoundTripAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal(Letters, met);
        Assert.IsType<InvalidOperationException>(grown);
    }

    [Fact]
    public void Server_names_lose_none_when_each_is_removed_as_it_is_met()
    {
        var names = new TlsOptions().ServerNames;
        foreach (var letter in Letters) names[letter] = TlsCertificate.FromFile(letter);
        var met = new List<string>();
        foreach (var (name, _) in names)
        {
            met.Add(name);
            names.Remove(name);
        }
        Assert.Equal(Letters, met);
        names["x"] = TlsCertificate.FromFile("x");
        Assert.Throws<InvalidOperationException>(() =>
        {
            foreach (var (name, certificate) in names) names[name + name] = certificate;
        });
    }

    [Fact]
    public void A_query_and_the_handled_signals_cannot_be_changed()
    {
        var query = UrlValues.Parse("a=1&a=2&b=3");
        var values = query.Values("a");
        Assert.Throws<NotSupportedException>(() => ((IList<string>)values).RemoveAt(0));
        Assert.Equal(["1", "2"], query.Values("a"));
        Assert.Throws<NotSupportedException>(() => ((IList<Signum>)SignalHooks.HandledSignals).Clear());
    }

    [Fact]
    public async Task Connections_are_those_of_the_moment_they_were_asked_for()
    {
        using var fixture = new ServerFixture();
        await fixture.StartAsync();
        var clients = new List<Socket>();
        for (var i = 0; i < Letters.Length; i++) clients.Add(await fixture.ConnectAsync());
        await Endless.Http.Load.Deadline.UntilAsync(() => fixture.Server.Connections.Count == Letters.Length, "all are accepted");
        var met = new List<long>();
        foreach (var connection in fixture.Server.Connections)
        {
            met.Add(connection.Id);
            clients[met.Count - 1].Dispose();
            await Endless.Http.Load.Deadline.UntilAsync(() => fixture.Server.Connections.Count == Letters.Length - met.Count, "it is gone");
        }
        Assert.Equal([1, 2, 3, 4, 5], met);
    }

    [Fact]
    public async Task What_a_handler_adds_to_WarmUp_meanwhile_comes_too_late_and_fails_nothing()
    {
        ServerFixture? fixture = null;
        var asked = new List<string>();
        using var server = fixture = new ServerFixture("127.0.0.1:0", (_, r) =>
        {
            asked.Add(r.Path);
            fixture!.Server.WarmUp.Add("/late");
        });
        foreach (var letter in Letters) server.Server.WarmUp.Add($"/{letter}");
        await server.StartAsync();
        Assert.Equal(Letters.Select(letter => $"/{letter}"), asked);
    }

    private static void AssertThrows<T>(IList<T> list, IEnumerable<T> items, Action<IList<T>> change)
    {
        foreach (var item in items) list.Add(item);
        Assert.Throws<InvalidOperationException>(() =>
        {
            foreach (var _ in list) change(list);
        });
    }

    private static bool IsCollection(Type type) => type != typeof(string) && typeof(IEnumerable).IsAssignableFrom(type);
}
