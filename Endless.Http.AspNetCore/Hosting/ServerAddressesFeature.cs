using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Endless.Http.AspNetCore.Hosting;

/// <summary>Where the application is to listen; once it listens, where it does.</summary>
internal sealed class ServerAddressesFeature : IServerAddressesFeature
{
    public ICollection<string> Addresses { get; } = [];

    public bool PreferHostingUrls { get; set; }
}
