using System.Net;
using System.Net.Sockets;

namespace Endless.Http;

/// <summary>Finds out who asked, behind proxies that are trusted. Immutable.</summary>
internal sealed class ForwardedReader
{
    private readonly ForwardedHeadersOptions _options;
    private readonly List<IPNetwork> _networks = [];
    private readonly bool _trustsUnix;

    public ForwardedReader(ForwardedHeadersOptions options)
    {
        _options = new ForwardedHeadersOptions { UseForwarded = options.UseForwarded, UseScheme = options.UseScheme, UseHost = options.UseHost, MaxHops = options.MaxHops };
        foreach (var proxy in options.Proxies)
        {
            if (proxy == "unix") _trustsUnix = true;
            else if (IPAddress.TryParse(proxy, out var address)) _networks.Add(new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128));
            else if (IPNetwork.TryParse(proxy, out var network)) _networks.Add(network);
            else throw new ArgumentException($"\"{proxy}\" is no proxy's address: give an address, a network (\"10.0.0.0/8\"), or \"unix\".", nameof(options));
        }
    }

    /// <summary>The request as the client made it: a copy where a trusted proxy tells of another.</summary>
    public Request Read(Request r)
    {
        if (!Trusts(r.RemoteEndPoint)) return r;
        var hops = _options.UseForwarded ? ForwardedFields.Read(r.Header, _options.MaxHops) : ForwardedFields.ReadX(r.Header, _options.MaxHops);
        if (hops.Count == 0) return r;

        var (client, scheme, host) = (r.RemoteEndPoint, r.Scheme, r.Host);
        foreach (var hop in hops)
        {
            // Said by a proxy that is trusted: true, whatever comes before it in the list.
            if (_options.UseScheme && hop.KnownScheme is { } known) scheme = known;
            if (_options.UseHost && hop.HasHost) host = hop.Host;
            if (!hop.TryGetAddress(out var address)) break;
            client = address;
            if (!Trusts(address)) break;
        }
        return new Request(r) { RemoteEndPoint = client, Scheme = scheme, Host = host };
    }

    private bool Trusts(EndPoint? endPoint)
    {
        if (endPoint is not IPEndPoint { Address: var address }) return _trustsUnix && endPoint is (null or UnixDomainSocketEndPoint);
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        foreach (var network in _networks)
            if (network.Contains(address)) return true;
        return false;
    }
}
