namespace Endless.Http.Semantics;

/// <summary>What a handler's work came to nothing by, as a value: an engine judges it, and does not throw for it.</summary>
internal static class TaskFailure
{
    /// <summary>Waits for a task. The exception that it ended by; null if it did not.</summary>
    public static async ValueTask<Exception?> FailureAsync(this Task task)
    {
        await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return task.Failure();
    }

    /// <summary>The exception that a completed task ended by; null if it did not.</summary>
    /// <remarks>Not thrown once more to be had: each throw costs as much as a hundred requests that do not fail. But where the task was canceled, which says by what in no other way.</remarks>
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
