using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Endless.Http.AspNetCore.Hosting;

/// <summary>Where the application is to listen; once it listens, where it does.</summary>
internal sealed class ServerAddressesFeature : IServerAddressesFeature
{
    // A set: both addresses of localhost have one URL.
    public ICollection<string> Addresses { get; } = new HashSet<string>();

    public bool PreferHostingUrls { get; set; }
}
