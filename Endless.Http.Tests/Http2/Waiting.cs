using System.Diagnostics;

namespace Endless.Http.Tests.Http2;

/// <summary>For what becomes true soon, on another thread, without an event that says so.</summary>
internal static class Waiting
{
    public static async Task UntilAsync(Func<bool> condition)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            if (clock.Elapsed > TimeSpan.FromSeconds(20)) throw new TimeoutException("It did not become true.");
            await Task.Delay(1);
        }
    }
}
