using System.Net;

namespace Endless.Http.Semantics;

/// <summary>What a <see cref="Request"/> that a program made has of its own.</summary>
/// <param name="original">The request that it is a copy of; null if it is none.</param>
internal sealed class RequestChanges(Request? original)
{
    /// <summary>The request that it is a copy of.</summary>
    public Request? Original => original;

    /// <summary>The first of the originals: whose life it lives, and whose values it shares.</summary>
    public Request? Root { get; } = original?.Root;

    /// <summary>Its <see cref="Request.RemoteEndPoint"/> is the one given.</summary>
    public bool HasRemoteEndPoint { get; private set; }

    /// <summary>The client's address in place of the connection's.</summary>
    public EndPoint? RemoteEndPoint
    {
        get;
        set
        {
            field = value;
            HasRemoteEndPoint = true;
        }
    }

    /// <summary>How the client asked, in place of what the connection says; null for that.</summary>
    public string? Scheme { get; set; }

    /// <summary>The cancellation in place of the original's.</summary>
    public CancellationToken? Cancellation { get; set; }

    /// <inheritdoc cref="Request.PathBase"/>
    public string PathBase { get; set; } = original?.PathBase ?? "";

    /// <summary>Its length was given: a body that is given beside it is of that length.</summary>
    public bool HasContentLength { get; set; }
}
