using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Tests.Fuzzing.Peers;

/// <summary>Kestrel, in this process.</summary>
internal sealed class KestrelPeer : IPeer
{
    private readonly WebApplication _application;
    private readonly RefusalReasons _reasons;

    private KestrelPeer(WebApplication application)
    {
        _application = application;
        _reasons = new RefusalReasons(application.Services.GetRequiredService<DiagnosticListener>());
    }

    public string Name => "Kestrel";

    public IPEndPoint EndPoint => new(IPAddress.Loopback, new Uri(_application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port);

    public static async Task<KestrelPeer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.Listen(IPAddress.Loopback, 0);
            // As RFC 9110 section 5.5 and RFC 9112 section 3.2.2 have it: else these two drown everything else.
            options.RequestHeaderEncodingSelector = _ => Encoding.Latin1;
            options.AllowHostHeaderOverride = true;
            // A body that never comes is waited for by both: which gives up first is no disagreement.
            options.Limits.MinRequestBodyDataRate = null;
        });
        var peer = new KestrelPeer(builder.Build());
        peer._application.Run(FramingHandlers.ServeAsync);
        await peer._application.StartAsync();
        return peer;
    }

    public string ReasonOf(Exchange refused) => _reasons.Of(refused.ClientPort) ?? refused.Refusal.ToString(CultureInfo.InvariantCulture);

    public string? VerdictOf(string kind) => Verdicts.Of(kind);

    public async ValueTask DisposeAsync()
    {
        _reasons.Dispose();
        await _application.DisposeAsync();
    }
}
