using Endless.Http.Operations;
using Endless.Http.Sockets;


namespace Endless.Http;

public sealed partial class EndlessServer
{
    private readonly TaskCompletionSource _readyForAdmin = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private EndlessServer? _admin;
    private EndlessServer? _adminOf;

    /// <summary>
    /// Where the status page (<c>/status</c>), metrics (<c>/metrics</c>) and health (<c>/healthz</c>, <c>/readyz</c>) of the process are: an address like <see cref="Addr"/>, best
    /// <c>127.0.0.1:9000</c> or <c>unix:/run/x.sock</c>; in the clear, on an event loop of its own, so that no handler of the application's is before them. It accepts and ends with this
    /// server and restarts with it. Null, the default, for none. One server of a process is enough. Set it before the server starts.
    /// </summary>
    /// <exception cref="FormatException">It is not an address; the message names it.</exception>
    public string? Admin
    {
        get => _admin?.Addr;
        set
        {
            if (value is not null) _ = ListenAddress.Parse(value);
            lock (_lock)
                if (_drain != null || _state != ServerState.Init) return;
            _admin?.Close();
            // Made now and not at the start: servers of one address are known by the order in which they were made.
            _admin = value is null ? null : new EndlessServer(value, new AdminHandler(_generation), _generation) { _adminOf = this };
        }
    }

    /// <summary>The server on <see cref="Admin"/>.</summary>
    internal EndlessServer? AdminServer => _admin;

    /// <summary>Whose settings count for the restart of the process: those of an admin listener are its server's.</summary>
    private EndlessServer Principal => _adminOf ?? this;

    /// <summary>Has the admin listener listen. It accepts once this server is about to: what it says of readiness is then true.</summary>
    private async Task<Task> StartAdminAsync(EndlessServer admin)
    {
        admin.Logger = Logger;
        admin.HammerTime = HammerTime;
        admin.DrainGrace = DrainGrace;
        admin.StopDelay = StopDelay;
        admin.HandOverConnections = HandOverConnections;
        admin.MaxRequestBodyBytes = 0;
        admin.Scheduling = SchedulingMode.Inline;
        admin.BeforeReady = token => _readyForAdmin.Task.WaitAsync(token);
        var serving = admin.ListenAndServeAsync();
        if (admin.LocalEndPoint is null) await serving.ConfigureAwait(false); // it cannot
        return serving;
    }

    /// <summary>This server is done, or could not start.</summary>
    private async Task EndAdminAsync(Task? serving)
    {
        if (_admin is not { } admin) return;
        if (!_stopping.Task.IsCompleted) admin.Close();     // its end is that of a start that failed
        if (serving is not null) await serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
