namespace Endless.Http.Loops;

/// <summary>Waits on the calling thread for something asynchronous: the bridge from the synchronous API (a blocking <c>Write</c>, a body read as a stream) to the pipes.</summary>
internal static class BlockingWait
{
    /// <summary>The result, at once if it is there; otherwise blocks this thread, and if that is an event loop's, the loop goes on elsewhere first.</summary>
    /// <exception cref="IOException">As many threads wait as may. The operation goes on.</exception>
    public static T Wait<T>(ValueTask<T> task)
    {
        if (task.IsCompletedSuccessfully) return task.Result;
        var result = task.AsTask(); // the operation can complete even if the wait fails
        LeaveLoop();
        return result.GetAwaiter().GetResult();
    }

    /// <inheritdoc cref="Wait{T}(ValueTask{T})"/>
    public static void Wait(Task task)
    {
        if (!task.IsCompleted) LeaveLoop();
        task.GetAwaiter().GetResult();
    }

    private static void LeaveLoop()
    {
        if (!EventLoop.TryLeaveThread())
            throw new IOException("The handler would have to wait for its client, and too many threads wait so already: read and write asynchronously (ReadAsync, WriteAsync), or set timeouts.");
    }
}
