using Endless.Http.Settings;

namespace Endless.Http.AspNetCore;

/// <summary>How an application restarts and stops. Read when the server starts. Not thread-safe.</summary>
public sealed class EndlessRestartOptions
{
    /// <summary>How long a restart watches the new generation after it is ready; should it die until then, the old one goes on serving. Default 2 s; zero trusts at once, 49 days are the most.</summary>
    public TimeSpan Probation { get; set => field = Allowed.TimerTime(value); } = TimeSpan.FromSeconds(2);

    /// <summary>How long a restart gives the new generation to start; past it that process is killed, and the old one goes on serving. Default 30 s; <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</summary>
    public TimeSpan StartTimeout { get; set => field = Allowed.PositiveOrInfinite(value); } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a server that stops waits for its connections before it closes them; zero closes at once, <see cref="Timeout.InfiniteTimeSpan"/> waits for ever. Null, the default, for
    /// <see cref="EndlessServer.DefaultHammerTime"/>. The host gives up after <c>HostOptions.ShutdownTimeout</c>, whichever is less.
    /// </summary>
    public TimeSpan? HammerTime { get; set => field = value is null ? null : Allowed.ZeroOrMoreOrInfinite(value.Value); }

    /// <summary>How long a server that stops keeps a connection that waits for a request, see <see cref="EndlessServer.DrainGrace"/>. Null, the default, for 5 s in a restart and none at a stop.</summary>
    public TimeSpan? DrainGrace { get; set => field = value is null ? null : Allowed.ZeroOrMoreOrInfinite(value.Value); }

    /// <summary>How long a server that is told to stop for good goes on accepting, while its health says that it is not ready: time for load balancers to leave first. Default zero.</summary>
    public TimeSpan StopDelay { get; set => field = Allowed.ZeroOrMoreOrInfinite(value); }

    /// <summary>Whether a restart hands open connections over to the new generation, so that no client sees a close. Default true. TLS and HTTP/2 are closed politely all the same.</summary>
    public bool HandOver { get; set; } = true;

    /// <summary>A file that holds the process id of the newest generation, for <c>kill -HUP $(cat FILE)</c>, see <see cref="EndlessProcess.PidFile"/>. Null, the default, for none.</summary>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public string? PidFile
    {
        get;
        set
        {
            if (value is not null) ArgumentException.ThrowIfNullOrWhiteSpace(value, nameof(PidFile));
            field = value;
        }
    }
}
