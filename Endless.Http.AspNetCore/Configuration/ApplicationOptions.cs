using Endless.Http.AspNetCore.Features;

namespace Endless.Http.AspNetCore.Configuration;

/// <summary>The options that are no server's: they are looked at for each request.</summary>
internal static class ApplicationOptions
{
    /// <summary>As they are now.</summary>
    public static ApplicationSettings Of(EndlessServerOptions options) => new()
    {
        MaxRequestBodySize = options.Limits.MaxRequestBodySize,
        AllowSynchronousIO = options.AllowSynchronousIO,
        ServerHeader = options.AddServerHeader ? "Endless.Http" : null,
        MinRequestBodyDataRate = options.Limits.MinRequestBodyDataRate,
        MinResponseDataRate = options.Limits.MinResponseDataRate,
    };
}
