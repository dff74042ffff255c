namespace Endless.Http.Server;

/// <summary>The server on <see cref="EndlessServer.Admin"/>, which begins to accept and ends with the one it is beside.</summary>
internal sealed class AdminListener(EndlessServer server)
{
    private readonly TaskCompletionSource _mayAccept = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The server itself.</summary>
    public EndlessServer Server => server;

    /// <summary>Has it listen. It accepts once <see cref="MayAccept"/> was called: what it says of readiness is then true.</summary>
    /// <param name="principal">Whose settings count for it.</param>
    /// <returns>Completes when it has ended.</returns>
    public async Task<Task> StartAsync(EndlessServer principal)
    {
        server.Logger = principal.Logger;
        server.HammerTime = principal.HammerTime;
        if (principal.IsDrainGraceSet) server.DrainGrace = principal.DrainGrace;
        server.StopDelay = principal.StopDelay;
        server.HandOverConnections = principal.HandOverConnections;
        server.MaxRequestBodyBytes = 0;
        server.Scheduling = SchedulingMode.Inline;
        server.BeforeReady = token => _mayAccept.Task.WaitAsync(token);
        var serving = server.ListenAndServeAsync();
        if (server.LocalEndPoint is null) await serving.ConfigureAwait(false); // it cannot
        return serving;
    }

    /// <summary>The server beside it is about to accept.</summary>
    public void MayAccept() => _mayAccept.TrySetResult();

    /// <summary>The server beside it was told to stop.</summary>
    public void BeginDrain(bool now)
    {
        if (now) server.Close();
        else _ = server.ShutdownAsync();
    }

    /// <summary>The server beside it is done, or could not start.</summary>
    /// <param name="serving">Of <see cref="StartAsync"/>; null if it never was started.</param>
    /// <param name="isStopping">Both were told to stop; otherwise this one's end is that of a start that failed.</param>
    public async Task EndAsync(Task? serving, bool isStopping)
    {
        if (!isStopping) server.Close();
        if (serving is not null) await serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
