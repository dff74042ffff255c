using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Endless.Http;

namespace Endless.Examples;

/// <summary>An API of postage: described at <c>/openapi.json</c>, for who has the token, so many requests a minute, with problem details (RFC 9457) for what is wrong.</summary>
internal static partial class Api
{
    private static readonly Dictionary<string, decimal> Zones = new(StringComparer.OrdinalIgnoreCase) { ["AT"] = 1, ["CH"] = 1.5m, ["DE"] = 1, ["JP"] = 4, ["US"] = 3.5m };

    public static void Run(string[] args)
    {
        var server = EndlessServer.NewServer(args is [var addr, ..] ? addr : ":8080", Routes(Token()));
        server.BeforeBegin = Announce.Listening;
        server.WarmUp.Add("/openapi.json"); // a mistake in the description is in the log of the start
        server.ListenAndServe();
    }

    /// <summary>Of the environment; otherwise a new one, which a restart passes on.</summary>
    private static string Token()
    {
        if (Environment.GetEnvironmentVariable("API_TOKEN") is { Length: > 0 } given) return given;
        var token = EndlessProcess.PassedOn("api.token") is { } passed ? Encoding.ASCII.GetString(passed.Span) : RandomNumberGenerator.GetHexString(64, lowercase: true);
        EndlessProcess.PassOn("api.token", () => Encoding.ASCII.GetBytes(token));
        Announce.Say($"Token: {token}");
        return token;
    }

    private static ServeMux Routes(string token)
    {
        var mux = new ServeMux();
        mux.Use(Middleware.Recover());

        // Around the token's check, so that tokens are not guessed quicker either.
        var api = mux.Group("/v1", Middleware.RateLimit(new RateLimitOptions { Permits = 60, Burst = 20, SendFields = true }), Middleware.BearerToken(token, "postage")).Tags("postage");

        api.Get("/zones/{country}", (w, r) =>
        {
            var country = r.PathValue("country").ToUpperInvariant();
            if (!Zones.TryGetValue(country, out var factor)) throw new ProblemException(new ProblemDetails(404, $"Nothing is sent to {country}.") { Type = "/problems/no-such-zone" });
            return w.WriteJsonAsync(new Zone(country, factor), ApiJson.Default.Zone);
        }).WithName("getZone").Summary("A country's factor").Returns<Zone>().Returns(401).Returns(404, "Nothing is sent there.").Returns(429);

        api.Post("/quotes", async (w, r) =>
        {
            var parcel = await r.ReadJsonAsync(ApiJson.Default.Parcel);
            var errors = new ValidationErrors();
            if (!Zones.ContainsKey(parcel.Country)) errors.Add("country", $"is one of {string.Join(", ", Zones.Keys)}");
            if (parcel.Grams is < 1 or > 30_000) errors.Add("grams", "is 1 to 30,000");
            errors.ThrowIfAny();
            await w.WriteJsonAsync(new Quote(decimal.Round(Zones[parcel.Country] * (2 + parcel.Grams * 0.001m), 2), "EUR"), ApiJson.Default.Quote);
        }).WithName("getQuote").Summary("What a parcel costs").Accepts<Parcel>().Returns<Quote>().Returns(401).Returns(422, "Members are not valid.").Returns(429);

        mux.Get("/openapi.json", OpenApi.Handler(mux, new OpenApiOptions { Title = "Postage", Version = "1.0.0", SerializerOptions = ApiJson.Default.Options }));
        return mux;
    }

    internal sealed record Zone(string Country, decimal Factor);

    internal sealed record Parcel(string Country, int Grams);

    internal sealed record Quote(decimal Price, string Currency);

    [JsonSourceGenerationOptions(JsonSerializerDefaults.Web, NumberHandling = JsonNumberHandling.Strict, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
    [JsonSerializable(typeof(Zone))]
    [JsonSerializable(typeof(Parcel))]
    [JsonSerializable(typeof(Quote))]
    private sealed partial class ApiJson : JsonSerializerContext;
}
