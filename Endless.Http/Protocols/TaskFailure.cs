namespace Endless.Http.Protocols;

/// <summary>What a handler's work came to nothing by, as a value: an engine judges it, and does not throw for it.</summary>
internal static class TaskFailure
{
    /// <summary>Waits for a task. The exception that it ended by; null if it did not.</summary>
    public static async ValueTask<Exception?> FailureAsync(this Task task)
    {
        try
        {
            await task.ConfigureAwait(false);
            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }
    }
}
