namespace Endless.Http.Tests.Torture;

/// <summary>What this machine lets a story do.</summary>
/// <param name="Threads">The number of threads can be limited.</param>
/// <param name="Disks">A small disk can be mounted.</param>
/// <param name="Descriptors">A running process's descriptors can be limited.</param>
internal sealed record Means(bool Threads, bool Disks, bool Descriptors);
