namespace Endless.Http.AspNetCore.Configuration;

/// <summary>Where to listen and how, as it was asked for.</summary>
/// <param name="Place">Where.</param>
/// <param name="IsHttps">The URL says <c>https</c>.</param>
/// <param name="Configure">Says more of it; null for nothing.</param>
internal sealed record EndpointRequest(ListenPlace Place, bool IsHttps, Action<EndlessListenOptions>? Configure)
{
    /// <summary>What a URL asks for.</summary>
    /// <exception cref="FormatException">It is not one to listen on; the message says what to write.</exception>
    public static EndpointRequest Of(string url, Action<EndlessListenOptions>? configure = null)
    {
        var place = ListenPlace.Parse(url, out var isHttps);
        return new EndpointRequest(place, isHttps, configure);
    }

    /// <summary>Everything that is said of it: the configuration of all endpoints, the program of all, and what is said of this one.</summary>
    public EndlessListenOptions Resolve(EndlessServerOptions options)
    {
        var listen = new EndlessListenOptions(Place, options.ContentRoot);
        options.ConfiguredDefaults?.Invoke(listen);
        options.EndpointDefaults?.Invoke(listen);
        Configure?.Invoke(listen);
        if (IsHttps && !listen.IsTls) listen.UseHttps();
        return listen;
    }
}
