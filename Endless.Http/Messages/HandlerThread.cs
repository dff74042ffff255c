namespace Endless.Http.Messages;

/// <summary>Where a handler goes on after it waited for its client.</summary>
internal static class HandlerThread
{
    /// <summary>
    /// A wait for the client ends on an event loop's thread. Where handlers are to run on the thread pool always (<see cref="SchedulingMode.ThreadPool"/>), this goes back there; elsewhere it
    /// completes at once.
    /// </summary>
    public static ValueTask ReturnAsync(SchedulingMode scheduling) =>
        scheduling != SchedulingMode.ThreadPool || Thread.CurrentThread.IsThreadPoolThread ? default : new(HopAsync());

    private static async Task HopAsync() => await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
}
