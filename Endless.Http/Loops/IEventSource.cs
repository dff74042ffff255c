namespace Endless.Http.Loops;

/// <summary>Something an <see cref="EventLoop"/> watches: a connection, a listener.</summary>
internal interface IEventSource
{
    /// <summary>A deadline that never comes.</summary>
    const long NoDeadline = long.MaxValue;

    /// <summary>epoll reported events. Called by the loop; while an earlier call blocks on a superseded thread, perhaps a second time at once.</summary>
    void OnEvents(uint mask);

    /// <summary>When the source wants to be checked, in milliseconds of <see cref="EventLoop.Now"/>. Read by the loop while others may change it.</summary>
    long Deadline { get; }

    /// <summary>Its deadline passed: the source posts itself to its loop and looks there.</summary>
    void PostCheck();
}
