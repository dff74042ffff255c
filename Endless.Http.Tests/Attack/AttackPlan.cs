namespace Endless.Http.Tests.Attack;

/// <summary>An attack.</summary>
/// <param name="Name">What it is.</param>
/// <param name="PlayAsync">Makes it, until it is told to end.</param>
internal sealed record AttackPlan(string Name, Func<Assault, Task> PlayAsync);
