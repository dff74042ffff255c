using System.Net.Sockets;
using System.Runtime.InteropServices;
using Endless.Http.Server;
using Endless.Http.Sockets;

namespace Endless.Http;

public sealed partial class EndlessServer : IAsyncDisposable
{
    /// <summary>Listens, serves, and returns when the server has stopped and its connections are done. A stop is no error. Blocks the calling thread.</summary>
    /// <exception cref="FormatException">One of <see cref="Addresses"/> is not an address; the message names it.</exception>
    /// <exception cref="IOException">
    /// An address cannot be bound: in use, no permission, ...; the message names it and the reason. Or another instance holds <see cref="EndlessProcess.PidFile"/>.
    /// </exception>
    /// <exception cref="InvalidOperationException">The server was started or closed before.</exception>
    /// <exception cref="PlatformNotSupportedException">This is not Linux.</exception>
    public void ListenAndServe() => ListenAndServeAsync().GetAwaiter().GetResult();

    /// <summary>Listens, serves, and completes when the server has stopped and its connections are done. A stop is no error.</summary>
    /// <param name="cancellationToken">Stops the server as <see cref="ShutdownAsync"/> does; the task still completes normally, once the connections are done.</param>
    /// <inheritdoc cref="ListenAndServe()" path="/exception"/>
    public Task ListenAndServeAsync(CancellationToken cancellationToken = default) => ServeAsync(new ServerStart(), cancellationToken);

    /// <summary>Listens, serves over TLS, and returns when the server has stopped and its connections are done. Blocks the calling thread. Go's and endless's <c>ListenAndServeTLS</c>.</summary>
    /// <remarks>The files are watched: a new certificate is used for new connections within a second of being there whole, without a restart.</remarks>
    /// <param name="certFile">The certificate's file, see <see cref="TlsCertificate.FromFile"/>; null or empty if <see cref="TlsOptions"/> names the certificates.</param>
    /// <param name="keyFile">The private key's file; null or empty if <paramref name="certFile"/> holds the key too.</param>
    /// <exception cref="TlsCertificateException">A certificate cannot be used: missing, unreadable, mismatched, expired, ...; the message names the file and the reason.</exception>
    /// <exception cref="ArgumentException">There is no certificate, or <see cref="TlsOptions"/> asks for what there is not.</exception>
    /// <inheritdoc cref="ListenAndServe()" path="/exception"/>
    public void ListenAndServeTLS(string? certFile = null, string? keyFile = null) => ListenAndServeTLSAsync(certFile, keyFile).GetAwaiter().GetResult();

    /// <summary>Listens, serves over TLS, and completes when the server has stopped and its connections are done. A stop is no error.</summary>
    /// <param name="certFile">The certificate's file, see <see cref="TlsCertificate.FromFile"/>; null or empty if <see cref="TlsOptions"/> names the certificates.</param>
    /// <param name="keyFile">The private key's file; null or empty if <paramref name="certFile"/> holds the key too.</param>
    /// <param name="cancellationToken">Stops the server as <see cref="ShutdownAsync"/> does; the task still completes normally, once the connections are done.</param>
    /// <inheritdoc cref="ListenAndServeTLS(string?, string?)" path="/exception"/>
    public Task ListenAndServeTLSAsync(string? certFile = null, string? keyFile = null, CancellationToken cancellationToken = default) =>
        ServeAsync(WithTls(certFile, keyFile), cancellationToken);

    /// <summary>Listens, and completes when the server accepts; it then serves until it is stopped, see <see cref="Completion"/>. After a restart it accepts when every server of the process listens.</summary>
    /// <param name="cancellationToken">Gives the start up: the server ends, and the task is canceled. It has no effect once the task is complete.</param>
    /// <exception cref="OperationCanceledException">The start was given up.</exception>
    /// <inheritdoc cref="ListenAndServe()" path="/exception"/>
    public Task StartAsync(CancellationToken cancellationToken = default) => StartAsync(new ServerStart(), cancellationToken);

    /// <summary>As <see cref="StartAsync(CancellationToken)"/>, over TLS.</summary>
    /// <param name="certFile">The certificate's file, see <see cref="TlsCertificate.FromFile"/>; null or empty if <see cref="TlsOptions"/> names the certificates.</param>
    /// <param name="keyFile">The private key's file; null or empty if <paramref name="certFile"/> holds the key too.</param>
    /// <param name="cancellationToken">Gives the start up: the server ends, and the task is canceled. It has no effect once the task is complete.</param>
    /// <exception cref="OperationCanceledException">The start was given up.</exception>
    /// <inheritdoc cref="ListenAndServeTLS(string?, string?)" path="/exception"/>
    public Task StartTLSAsync(string? certFile = null, string? keyFile = null, CancellationToken cancellationToken = default) =>
        StartAsync(WithTls(certFile, keyFile), cancellationToken);

    /// <summary>Serves what comes to a socket that listens already, in the place of binding <see cref="Addr"/>, and returns when the server has stopped and its connections are done. Go's <c>Serve</c>.</summary>
    /// <inheritdoc cref="ServeAsync(Socket, CancellationToken)"/>
    public void Serve(Socket listener) => ServeAsync(listener).GetAwaiter().GetResult();

    /// <summary>Serves what comes to a socket that listens already, in the place of binding <see cref="Addr"/>.</summary>
    /// <remarks>
    /// The server takes a copy of the descriptor, and the caller may dispose of the socket once the server accepts. A later generation inherits the socket by <see cref="Addr"/>: it is to
    /// call <see cref="ListenAndServe()"/> where <see cref="EndlessProcess.Generation"/> is more than 1, since making the socket once more would find the address in use.
    /// </remarks>
    /// <param name="listener">A stream socket of TCP or UNIX that is bound and listens.</param>
    /// <param name="cancellationToken">Stops the server as <see cref="ShutdownAsync"/> does; the task still completes normally, once the connections are done.</param>
    /// <exception cref="ArgumentException">The socket does not listen: call <see cref="Socket.Listen()"/> first.</exception>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    /// <inheritdoc cref="ListenAndServe()" path="/exception"/>
    public Task ServeAsync(Socket listener, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(listener);
        return ServeAsync(new ServerStart(MakeSocket: address => ListenSocket.CopyOf(listener, address, MaxUnsentBytes)), cancellationToken);
    }

    /// <summary>
    /// Completes when the server has stopped, even by itself, and its connections are done; fails if it ended by an error after it accepted. Never completes for a server that is not started or closed.
    /// </summary>
    public Task Completion => Life.Completion;

    /// <summary>
    /// Stops accepting and completes when every connection is done or, at <see cref="HammerTime"/>, closed. Connections without a request under way are closed at once, unless
    /// <see cref="DrainGrace"/> was set: then they, and new ones, are kept for so long. Go's <c>Shutdown</c>.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait, not the shutdown.</param>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    public Task ShutdownAsync(CancellationToken cancellationToken = default)
    {
        Life.BeginDrain(hasSuccessor: false);
        return Life.Ended.WaitAsync(cancellationToken);
    }

    /// <summary>Closes the listeners and every connection at once. Go's <c>Close</c>.</summary>
    public void Close() => Life.Close();

    /// <summary>Stops the server as <see cref="ShutdownAsync"/> does, whether or not it was started. Any number of times.</summary>
    public async ValueTask DisposeAsync() => await ShutdownAsync().ConfigureAwait(false);

    private ServerStart WithTls(string? certFile, string? keyFile) =>
        new(() => new ServerTls(TlsOptions, certFile, keyFile, CertificateWatchInterval, RaiseCertificateReloaded, Log));

    private async Task StartAsync(ServerStart start, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var giveUp = new CancellationTokenSource();
        var serving = ServeAsync(start, giveUp.Token);
        using (cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), giveUp))
            await Task.WhenAny(Life.Accepting, serving).ConfigureAwait(false);
        if (serving.IsCompleted) await serving.ConfigureAwait(false); // it could not start, or has started before
        if (Life.Accepting.IsCompleted) return;
        await serving.ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        throw new OperationCanceledException($"The server on {Addr} was told to stop before it accepted.");
    }

    private async Task ServeAsync(ServerStart start, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
            throw new PlatformNotSupportedException($"Endless.Http serves on Linux only; this is {RuntimeInformation.OSDescription}. Run the program in WSL2 or in a container; the project's .devcontainer has all it takes.");
        await Life.ServeAsync(start, cancellationToken).ConfigureAwait(false);
    }
}
