namespace Endless.Http;

/// <summary>What a <see cref="ReverseProxy"/> does with fields that say where a request came from. A client can send them too: what it says is not true because it says it.</summary>
public enum ForwardedMode
{
    /// <summary>What the client sent is removed, and what this server knows takes its place.</summary>
    Replace,

    /// <summary>What this server knows is added behind what came. Only behind a proxy of one's own that removes what clients send: spoofed addresses would stand first in the list.</summary>
    Append,

    /// <summary>What the client sent is removed, and nothing is added.</summary>
    Remove,

    /// <summary>Passed on as it came. Only behind a proxy of one's own, as for <see cref="Append"/>.</summary>
    Keep,
}
