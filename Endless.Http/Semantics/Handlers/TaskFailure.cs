namespace Endless.Http.Semantics;

/// <summary>The failure of a handler's work as a value: an engine judges it, and does not throw for it.</summary>
internal static class TaskFailure
{
    /// <summary>Waits for a task. The exception that it ended by; null if it did not.</summary>
    public static async ValueTask<Exception?> FailureAsync(this Task task)
    {
        await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return task.Failure();
    }

    /// <summary>The exception that a completed task ended by; null if it did not.</summary>
    /// <remarks>Read without a throw: each throw costs as much as a hundred requests that do not fail. But a canceled task gives its exception in no other way.</remarks>
    public static Exception? Failure(this Task task)
    {
        if (task.IsCompletedSuccessfully) return null;
        if (task.IsFaulted) return task.Exception.InnerException;
        try
        {
            task.GetAwaiter().GetResult();
            return null;
        }
        catch (OperationCanceledException exception)
        {
            return exception;
        }
    }
}
