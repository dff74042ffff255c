namespace Endless.Http.Tests.Torture;

/// <summary>Stories of machines that refuse things.</summary>
internal static class LimitPlots
{
    public static IEnumerable<Plot> All(Means means)
    {
        if (means.Threads)
        {
            // First the process comes to have the threads that its work takes: who has none left for that is not the restart's affair.
            yield return new("no threads to spare", 10, random => (Plots.Setup(random) with { HasThreadLimit = true },
                [Steps.Threads(1_000, random.Next(12)), Steps.Restart(300 + random.Next(200)), Steps.Outcome(), Steps.NoThreadLimit(random.Next(500))]));
        }
        if (means.Descriptors)
        {
            yield return new("no descriptors to spare", 6, random => (Plots.Setup(random),
                [Steps.Descriptors(100, Target.First, random.Next(30)), Steps.Restart(random.Next(50)), Steps.Outcome(), Steps.NoDescriptorLimit(random.Next(500))]));
            yield return new("a child without descriptors", 6, random => (Plots.Setup(random),
                [Steps.Restart(100), Steps.Child(listening: true), Steps.Descriptors(0, Target.Child, random.Next(100)), Plots.Pause(random.Next(2_500)), Steps.NoDescriptorLimit(0)]));
        }
        if (means.Disks)
        {
            yield return new("a full disk", 6, random => (Plots.Setup(random) with { HasSmallDisk = true },
                [Steps.FillDisk(100), Steps.Restart(random.Next(100)), Steps.Outcome(), Plots.Pause(random.Next(2_500)), Steps.FreeDisk(0), Steps.Signal(0, Mono.Unix.Native.Signum.SIGHUP, Target.All)]));
        }
    }
}
