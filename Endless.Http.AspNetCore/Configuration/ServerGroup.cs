using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Endless.Http.AspNetCore.Configuration;

/// <summary>Places that one server listens on, since they have the same settings.</summary>
internal sealed class ServerGroup
{
    private readonly List<string> _addresses = [];
    private readonly Dictionary<int, string> _localhosts = [];

    /// <summary>With its first place.</summary>
    public ServerGroup(EndlessListenOptions listen, HttpProtocols protocols)
    {
        Listen = listen;
        Protocols = protocols;
        Add(listen.Place);
    }

    /// <summary>The first one's settings.</summary>
    public EndlessListenOptions Listen { get; }

    /// <summary>What it speaks.</summary>
    public HttpProtocols Protocols { get; }

    /// <summary>Endless.Http's.</summary>
    public IReadOnlyList<string> Addresses => _addresses;

    /// <summary>Of its URLs.</summary>
    public string Scheme => Listen.IsTls ? "https" : "http";

    /// <summary>Whether a place with these settings belongs here. Settings of TLS that are an endpoint's own are its alone: nobody can tell whether two lambdas say the same.</summary>
    public bool Takes(EndlessListenOptions listen, HttpProtocols protocols) =>
        protocols == Protocols && listen.IsTls == Listen.IsTls && listen.TlsSettings.Count == 0 && Listen.TlsSettings.Count == 0;

    /// <summary>One more place.</summary>
    public void Add(ListenPlace place)
    {
        _addresses.AddRange(place.Addresses);
        if (place.LocalhostHost is { } host) _localhosts.TryAdd(place.EndPoint!.Port, host);
    }

    /// <summary>The URL of an address that the server is bound to. Both addresses of localhost have the same.</summary>
    public string UrlOf(string bound)
    {
        if (IPEndPoint.TryParse(bound, out var endPoint) && IPAddress.IsLoopback(endPoint.Address) && _localhosts.TryGetValue(endPoint.Port, out var host))
            return $"{Scheme}://{host}:{endPoint.Port}";
        return $"{Scheme}://{bound}";
    }
}
