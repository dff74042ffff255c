using Microsoft.Extensions.Logging;

namespace Endless.Http.Tests.Diagnostics;

/// <summary>What a provider of structured logs makes of an event: its text, its properties, and those of the scopes around it.</summary>
internal sealed record ScopedEvent(LogLevel Level, string Text, IReadOnlyDictionary<string, object?> Properties, IReadOnlyDictionary<string, object?> Scope);
