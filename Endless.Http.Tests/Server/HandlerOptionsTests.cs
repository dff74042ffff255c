using System.Reflection;
using Endless.Http.Tests.Architecture;

namespace Endless.Http.Tests.Server;

/// <summary>Numbers and times that handlers are set up with: one that makes no sense is refused when it is set, or at the latest when the handler is made, and not when a client comes.</summary>
public sealed class HandlerOptionsTests
{
    private static readonly HashSet<string> Rooms = ["Middleware", "OpenApi", "Proxying", "Sessions", "Streams", "WebSockets", "Cookies", "Files", "Forms", "Json"];

    /// <summary>What makes something of the options, where they are not checked by themselves.</summary>
    private static readonly Dictionary<Type, Action<object>> Makers = new()
    {
        [typeof(AccessLogOptions)] = options => _ = AccessLog.ToStream(Stream.Null, (AccessLogOptions)options),
        [typeof(CacheOptions)] = options => Middleware.Cache((CacheOptions)options),
        [typeof(CompressOptions)] = options => Middleware.Compress((CompressOptions)options),
        [typeof(ConcurrencyLimitOptions)] = options => Middleware.ConcurrencyLimit((ConcurrencyLimitOptions)options),
        [typeof(CorsOptions)] = options => Middleware.Cors((CorsOptions)options),
        [typeof(DecompressOptions)] = options => Middleware.Decompress((DecompressOptions)options),
        [typeof(ForwardedHeadersOptions)] = options => Middleware.ForwardedHeaders((ForwardedHeadersOptions)options),
        [typeof(RateLimitOptions)] = options => Middleware.RateLimit((RateLimitOptions)options),
        [typeof(ReverseProxyOptions)] = options => new ReverseProxy("http://127.0.0.1:9", (ReverseProxyOptions)options).Dispose(),
        [typeof(SessionOptions)] = options => Middleware.Sessions((SessionOptions)options),
    };

    public static TheoryData<string> Settings => [.. typeof(EndlessServer).Assembly.GetExportedTypes().Where(type => IsForHandlers(type) && !type.IsAbstract)
        .SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
        .Where(property => property.SetMethod is { IsPublic: true } && SettingsTests.IsMeasure(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType) && property.DeclaringType != typeof(ResponseCookie))
        .Select(property => $"{property.DeclaringType!.Name}.{property.Name}")];

    /// <summary>Whether a type is one of those that handlers are written with.</summary>
    internal static bool IsForHandlers(Type type) => FloorsTests.RoomOf(type) is { } room && Rooms.Contains(room);

    [Theory]
    [MemberData(nameof(Settings))]
    public void A_negative_number_or_time_is_refused_before_a_client_comes(string name)
    {
        var type = typeof(EndlessServer).Assembly.GetExportedTypes().Single(one => one.Name == name.Split('.')[0]);
        var property = type.GetProperty(name.Split('.')[1])!;
        var measure = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        object[] values = measure == typeof(TimeSpan) ? [TimeSpan.FromSeconds(-5), TimeSpan.MinValue] : measure == typeof(int) ? [-2, int.MinValue] : [-2L, long.MinValue];
        foreach (var value in values)
        {
            var refusal = Record.Exception(() =>
            {
                var options = type.GetConstructor([]) is { } make ? make.Invoke(null) : new PhysicalFiles("/");
                property.SetValue(options, value);
                Makers.GetValueOrDefault(type)?.Invoke(options);
            });
            Assert.IsAssignableFrom<ArgumentException>((refusal as TargetInvocationException)?.InnerException ?? refusal);
        }
    }
}
