using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;

namespace Endless.Http.Benchmarks.Applications;

/// <summary>A SignalR hub that answers what it is sent.</summary>
internal static class HubPart
{
    public static ApplicationPart Part { get; } = new(
        static builder => builder.Services.AddSignalR(),
        static app => app.MapHub<EchoHub>("/hub"));

    private sealed class EchoHub : Hub
    {
        public string Echo(string text) => text;
    }
}
