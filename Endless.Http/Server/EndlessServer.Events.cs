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

    internal void RaiseRestarting() => Restarting?.Invoke(this, EventArgs.Empty);

    internal void RaiseRestarted(RestartResult result) => Restarted?.Invoke(this, result);

    internal void RaiseRestartFailed(RestartResult result) => RestartFailed?.Invoke(this, result);

    internal void RaiseCertificateReloaded(TlsCertificateInfo certificate) => CertificateReloaded?.Invoke(this, certificate);

    /// <summary>Whether anybody is to be told of a step: a thread for nobody is not made.</summary>
    internal bool HearsOfRestarts(string name) => name switch
    {
        nameof(Restarting) => Restarting is not null,
        nameof(Restarted) => Restarted is not null,
        _ => RestartFailed is not null,
    };
}
