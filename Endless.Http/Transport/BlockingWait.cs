namespace Endless.Http.Transport;

/// <summary>Waits on the calling thread for something asynchronous: the bridge from the synchronous API (a blocking <c>Write</c>, a body read as a stream) to the pipes.</summary>
internal static class BlockingWait
{
    /// <summary>The result, at once if it is there; otherwise blocks this thread, and if that is an event loop's, the loop goes on elsewhere first.</summary>
    public static T Wait<T>(ValueTask<T> task)
    {
        if (task.IsCompletedSuccessfully) return task.Result;
        EventLoop.LeaveThread();
        return task.AsTask().GetAwaiter().GetResult();
    }

    /// <inheritdoc cref="Wait{T}(ValueTask{T})"/>
    public static void Wait(Task task)
    {
        if (!task.IsCompleted) EventLoop.LeaveThread();
        task.GetAwaiter().GetResult();
    }
}
