namespace Endless.Http.Tests.Torture;

/// <summary>What is done to a family.</summary>
/// <param name="Pause">Since the step before.</param>
/// <param name="Text">The step in words.</param>
/// <param name="Kind">What the summary counts it as.</param>
/// <param name="Act">Does it and says to whom.</param>
internal sealed record Step(TimeSpan Pause, string Text, string Kind, Func<StoryRun, Task<string>> Act);
