using Endless.Http.Connections;

namespace Endless.Http.Http1;

/// <summary>When all of a body must have arrived (<see cref="EndlessServer.ReadTimeout"/>, Go's <c>ReadTimeout</c>). A mutable struct: a field of its owner.</summary>
/// <param name="deadline">In milliseconds of <see cref="Connection.Now"/>; <see cref="Connection.NoDeadline"/> for never.</param>
internal struct BodyTimeout(long deadline)
{
    private long _lateSince; // a read brought bytes when the deadline had passed; 0 if none has

    /// <summary>In milliseconds of <see cref="Connection.Now"/>.</summary>
    public long Deadline { get; private set; } = deadline;

    /// <summary>All of the body must have arrived by then, whatever was said before.</summary>
    public void Set(long deadline) => (Deadline, _lateSince) = (deadline, 0);

    /// <summary>All of the body must have arrived by then, if it was given longer.</summary>
    public void Hasten(long deadline) => Deadline = Math.Min(Deadline, deadline);

    /// <summary>The deadline had passed when an earlier read brought bytes, so long ago by now that the client is late, and not this server.</summary>
    public bool IsOver(long now)
    {
        if (now < Deadline) return false;
        if (_lateSince == 0) _lateSince = now;
        return now - _lateSince >= Connection.Overtime;
    }
}
