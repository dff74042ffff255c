using Endless.Http.Settings;
using Endless.Http.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Endless.Http.AspNetCore;

/// <summary>
/// How Endless.Http serves an ASP.NET Core application. The sections <c>Endless</c> and <c>Kestrel</c> of the configuration are read first; what the program says wins. A value that means nothing is refused when it is
/// set, by an <see cref="ArgumentException"/> that names the setting. Read when the server starts. Not thread-safe.
/// </summary>
public sealed partial class EndlessServerOptions
{
    private readonly List<Action<EndlessServer>> _serverSettings = [];

    /// <summary>What a client may have. Kestrel's <c>Limits</c>.</summary>
    public EndlessServerLimits Limits { get; } = new();

    /// <summary>How the application restarts and stops.</summary>
    public EndlessRestartOptions Restart { get; } = new();

    /// <summary>Whether responses name the server in a <c>Server</c> field. Default false; Kestrel's is true.</summary>
    public bool AddServerHeader { get; set; }

    /// <summary>Whether bodies may be read and written by methods that block, such as <c>Stream.Read</c>. Default false, as Kestrel's.</summary>
    public bool AllowSynchronousIO { get; set; }

    /// <summary>Where the status page, metrics and health of the process are, apart from the application: <c>127.0.0.1:9000</c> or <c>unix:/run/x.sock</c>, see <see cref="EndlessServer.Admin"/>. Null, the default, for none.</summary>
    /// <exception cref="FormatException">It is not an address; the message names it.</exception>
    public string? Admin
    {
        get;
        set
        {
            if (value is not null) _ = ListenAddress.Parse(value);
            field = value;
        }
    }

    /// <summary>On which threads the application is called. Default <see cref="SchedulingMode.Auto"/>: on the event loops, but for what is seen to block there.</summary>
    public SchedulingMode Scheduling { get; set => field = Allowed.Member(value); }

    /// <summary>Whether figures of connections and TLS handshakes are given by the names of Kestrel's too (<c>kestrel.active_connections</c> and so on, of the meter Microsoft.AspNetCore.Server.Kestrel), for dashboards that ask for them. Default false.</summary>
    public bool KestrelMetricNames { get; set; }

    /// <summary>Files are found from here; null for the working directory.</summary>
    internal string? ContentRoot { get; set; }

    /// <summary>The certificate of endpoints that have none of their own; null for the one of <c>dotnet dev-certs</c>.</summary>
    internal TlsCertificate? DefaultCertificate { get; set; }

    /// <summary>What the configuration says of all endpoints; before <see cref="EndpointDefaults"/>.</summary>
    internal Action<EndlessListenOptions>? ConfiguredDefaults { get; set; }

    /// <summary>What the configuration says of TLS at all endpoints; before <see cref="HttpsDefaults"/>.</summary>
    internal Action<TlsOptions>? ConfiguredTls { get; set; }

    /// <summary>What the program says of all endpoints; before what is said of one.</summary>
    internal Action<EndlessListenOptions>? EndpointDefaults { get; private set; }

    /// <summary>What the program says of all endpoints with TLS.</summary>
    internal Action<HttpsConnectionAdapterOptions>? HttpsDefaults { get; private set; }

    /// <summary>What the program changes of the servers themselves, in order.</summary>
    internal IReadOnlyList<Action<EndlessServer>> ServerSettings => _serverSettings;

    /// <summary>Changes settings of Endless.Http's server that have no name here, such as <see cref="EndlessServer.MaxRequestsPerConnection"/>; called last, once for each server: one for all addresses of the same protocols and TLS settings.</summary>
    public void Configure(Action<EndlessServer> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        _serverSettings.Add(configure);
    }

    /// <summary>Said of every endpoint, before what is said of it alone. A second call replaces the first, as Kestrel's does.</summary>
    public void ConfigureEndpointDefaults(Action<EndlessListenOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        EndpointDefaults = configure;
    }

    /// <summary>Said of every endpoint with TLS, before what is said of it alone. A second call replaces the first, as Kestrel's does.</summary>
    public void ConfigureHttpsDefaults(Action<HttpsConnectionAdapterOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        HttpsDefaults = configure;
    }
}
