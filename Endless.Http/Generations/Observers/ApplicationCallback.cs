using Endless.Http.Logging;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Generations;

/// <summary>Code of the application's that is told of a restart. It runs on a thread of its own, since it may block; that it fails, or that there is no thread for it, is logged and stops nothing.</summary>
internal static class ApplicationCallback
{
    /// <summary>Completes when it has run, or cannot; does not fail.</summary>
    /// <param name="handlers">The application's.</param>
    /// <param name="name">What they are told of, for the log.</param>
    /// <param name="logger">Where it logs.</param>
    internal static Task Start(Action handlers, string name, Func<ILogger> logger)
    {
        try
        {
            return Task.Factory.StartNew(() => Run(handlers, name, logger), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        catch (TaskSchedulerException e) // the system has no thread (RLIMIT_NPROC, pids.max)
        {
            logger().RestartEventFailed(e, name);
            return Task.CompletedTask;
        }
    }

    private static void Run(Action handlers, string name, Func<ILogger> logger)
    {
        try
        {
            handlers();
        }
        catch (Exception e)
        {
            logger().RestartEventFailed(e, name);
        }
    }
}
