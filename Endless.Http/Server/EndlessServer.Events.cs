namespace Endless.Http;

public sealed partial class EndlessServer
{
    /// <summary>A restart begins in this process. Raised on a thread of its own, as are the next two: the restart does not wait for it, and the process's end no longer than <see cref="StartTimeout"/>.</summary>
    public event EventHandler? Restarting;

    /// <summary>The new generation, whose <see cref="RestartResult.Generation">number</see> and <see cref="RestartResult.ProcessId">process id</see> are given, has taken over; this one drains.</summary>
    public event EventHandler<RestartResult>? Restarted;

    /// <summary>A restart has failed, for the <see cref="RestartResult.Reason">reason</see> given; this process serves on.</summary>
    public event EventHandler<RestartResult>? RestartFailed;

    /// <summary>A certificate was loaded anew and new connections get it; those there are go on under the old one. Raised on a thread of the runtime's pool, or by <see cref="ReloadCertificates"/>.</summary>
    public event EventHandler<TlsCertificateInfo>? CertificateReloaded;

    /// <summary>A connection has entered a state. Raised on the connection's thread; must not block. What is added after the server has started is not told. Go's <c>ConnState</c>.</summary>
    public event EventHandler<ConnectionStateChange>? ConnectionStateChanged;

    /// <summary>Raises <see cref="ConnectionStateChanged"/>; null where nobody wants to know, so that a connection's changes then cost nothing.</summary>
    internal Action<ConnectionStateChange>? StateChanged => ConnectionStateChanged is null ? null : change => ConnectionStateChanged?.Invoke(this, change);

    /// <summary>Raises <see cref="Restarting"/>; null where nobody wants to know.</summary>
    internal Action? OnRestarting => Restarting is { } handlers ? () => handlers(this, EventArgs.Empty) : null;

    /// <summary>Raises <see cref="Restarted"/>; null where nobody wants to know.</summary>
    internal Action? OnRestarted(RestartResult result) => Restarted is { } handlers ? () => handlers(this, result) : null;

    /// <summary>Raises <see cref="RestartFailed"/>; null where nobody wants to know.</summary>
    internal Action? OnRestartFailed(RestartResult result) => RestartFailed is { } handlers ? () => handlers(this, result) : null;

    internal void RaiseCertificateReloaded(TlsCertificateInfo certificate) => CertificateReloaded?.Invoke(this, certificate);
}
