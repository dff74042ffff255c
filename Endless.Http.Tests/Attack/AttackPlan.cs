namespace Endless.Http.Tests.Attack;

/// <summary>An attack.</summary>
/// <param name="Name">What it is.</param>
/// <param name="IsHttp2">It speaks HTTP/2, by prior knowledge.</param>
/// <param name="Path">The route that it asks for.</param>
/// <param name="PlayAsync">Makes it, until it is told to end.</param>
internal sealed record AttackPlan(string Name, bool IsHttp2, string Path, Func<Assault, Task> PlayAsync);
