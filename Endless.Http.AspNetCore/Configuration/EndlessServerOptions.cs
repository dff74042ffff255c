namespace Endless.Http.AspNetCore;

/// <summary>How Endless.Http serves an ASP.NET Core application.</summary>
public sealed class EndlessServerOptions;
