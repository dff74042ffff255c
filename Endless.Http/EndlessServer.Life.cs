using System.Net;
using System.Runtime.InteropServices;

namespace Endless.Http;

public sealed partial class EndlessServer
{
    private EndlessServer(string addr, IHandler? handler)
    {
        Addr = addr;
        Handler = handler;
        ReadTimeout = DefaultReadTimeout;
        WriteTimeout = DefaultWriteTimeout;
        MaxHeaderBytes = DefaultMaxHeaderBytes;
        HammerTime = DefaultHammerTime;
    }

    /// <summary>Where the server is in its life.</summary>
    public ServerState State { get; private set; }

    /// <summary>The address the server is bound to, with the port the system chose for port 0; null before it listens.</summary>
    public EndPoint? LocalAddress { get; private set; }

    /// <summary>The generation of this process: 1 for the one started by hand, one more with each restart.</summary>
    public static int Generation => 1;

    /// <summary>Listens, serves, and returns when the server has stopped and its connections are done. A stop is no error. Blocks the calling thread.</summary>
    /// <exception cref="FormatException"><see cref="Addr"/> is not an address; the message names it.</exception>
    /// <exception cref="IOException">The address cannot be bound: in use, no permission, ...; the message names it and the reason.</exception>
    /// <exception cref="InvalidOperationException">The server was started or closed before.</exception>
    /// <exception cref="PlatformNotSupportedException">This is not Linux.</exception>
    public void ListenAndServe() => ListenAndServeAsync().GetAwaiter().GetResult();

    /// <summary>Listens, serves, and completes when the server has stopped and its connections are done.</summary>
    /// <param name="cancellationToken">Stops the server as <see cref="ShutdownAsync"/> does; the task still completes normally, once the connections are done.</param>
    /// <inheritdoc cref="ListenAndServe()" path="/exception"/>
    public Task ListenAndServeAsync(CancellationToken cancellationToken = default)
    {
        if (!OperatingSystem.IsLinux())
            throw new PlatformNotSupportedException($"Endless.Http serves on Linux only; this is {RuntimeInformation.OSDescription}.");
        throw new NotSupportedException("The transport is not in yet.");
    }

    /// <summary>
    /// Stops accepting and completes when every connection is done or, at <see cref="HammerTime"/>, closed. Idle connections are kept for
    /// <see cref="DrainGrace"/>. A new connection counts as idle. Go's <c>Shutdown</c>.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait, not the shutdown.</param>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    public Task ShutdownAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    /// <summary>Closes the listener and every connection at once. Go's <c>Close</c>.</summary>
    public void Close()
    {
    }
}
