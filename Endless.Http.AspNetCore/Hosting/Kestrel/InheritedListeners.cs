using System.Net;
using System.Net.Sockets;
using Endless.Http.Generations;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Endless.Http.AspNetCore.Hosting.Kestrel;

/// <summary>Kestrel's own sockets, but for the listening ones: these are inherited by the next generation.</summary>
/// <remarks>
/// Not <c>SocketTransportOptions.CreateBoundListenSocket</c>: .NET's <c>Socket</c>, disposed of while a call on it is under way, shuts the socket down to end that call, and with it the listener of the next generation, which
/// shares it. Here the listening socket is this library's, which only closes its descriptor; descriptors are close-on-exec, unlike those that Kestrel is given (dotnet/aspnetcore#29189).
/// </remarks>
internal sealed class InheritedListeners : IConnectionListenerFactory, IConnectionListenerFactorySelector, IDisposable
{
    private readonly Generation _generation;
    private readonly HostStart _start;
    private readonly EndlessLifetime _lifetime;
    private readonly MemberSettings _settings;
    private readonly ILogger _logger;
    private readonly SocketConnectionContextFactory _connections;

    public InheritedListeners(HostedGeneration generation, HostStart start, EndlessLifetime lifetime, IOptions<EndlessServerOptions> options, IOptions<SocketTransportOptions> sockets, ILoggerFactory loggers)
    {
        _generation = generation.Current!;
        _start = start;
        _lifetime = lifetime;
        _settings = MemberSettings.Of(options.Value.Restart);
        if (options.Value.Restart.PidFile is { } pidFile) EndlessProcess.PidFile = pidFile;
        _logger = loggers.CreateLogger<EndlessServer>();
        var said = sockets.Value;
        _connections = new SocketConnectionContextFactory(
            new SocketConnectionFactoryOptions
            {
                IOQueueCount = said.IOQueueCount,
                WaitForDataBeforeAllocatingBuffer = said.WaitForDataBeforeAllocatingBuffer,
                MaxReadBufferSize = said.MaxReadBufferSize,
                MaxWriteBufferSize = said.MaxWriteBufferSize,
                UnsafePreferInlineScheduling = said.UnsafePreferInlineScheduling,
            },
            loggers.CreateLogger("Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets"));
    }

    public bool CanBind(EndPoint endpoint) => endpoint is IPEndPoint or UnixDomainSocketEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var member = new KestrelMember(new KestrelEndpoint(_generation, AddressOf(endpoint)), _generation, _lifetime, _settings, _logger);
        return new(BindAsync(member));
    }

    public void Dispose() => _connections.Dispose();

    private async Task<IConnectionListener> BindAsync(KestrelMember member)
    {
        var listener = new KestrelListener(member, _start, _connections);
        try
        {
            listener.Listen();
            // A later generation accepts when its host has started, and Kestrel goes on with its other addresses meanwhile.
            var accepting = listener.AcceptAsync();
            if (!_generation.Continues) await accepting.ConfigureAwait(false);
            return listener;
        }
        catch (Exception e)
        {
            _generation.StartFailed(e);
            await listener.DisposeAsync().ConfigureAwait(false);
            if (e is IOException { InnerException: null }) throw new IOException($"Failed to bind to address {member.Endpoint.Address}: {e.Message}", e); // as Kestrel says it
            throw;
        }
    }

    private static string AddressOf(EndPoint endpoint) => endpoint is UnixDomainSocketEndPoint path ? $"unix:{path}" : endpoint.ToString()!;
}
