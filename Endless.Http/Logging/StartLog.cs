using Microsoft.Extensions.Logging;

namespace Endless.Http.Logging;

/// <summary>What every start logs. Apart, since the first event of a class makes the delegates of all of them, which here would be compiled for events that hardly ever come.</summary>
internal static partial class StartLog
{
    [LoggerMessage(107, LogLevel.Information, "Generation {Generation} of this server, started by pid {ParentProcessId}.")]
    internal static partial void GenerationStarted(this ILogger logger, int generation, int parentProcessId);

    [LoggerMessage(200, LogLevel.Information, "Listening on {Address}.")]
    internal static partial void Listening(this ILogger logger, string address);
}
