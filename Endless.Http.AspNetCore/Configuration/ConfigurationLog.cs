using Microsoft.Extensions.Logging;

namespace Endless.Http.AspNetCore.Configuration;

/// <summary>What is worth knowing of how options and addresses were understood.</summary>
internal static partial class ConfigurationLog
{
    [LoggerMessage(700, LogLevel.Warning, "Not listening on {Urls}: the program or its configuration names endpoints of the server's own. Leave one of the two out, or prefer the urls by UseSetting(\"preferHostingUrls\", \"true\").")]
    internal static partial void UrlsOverridden(this ILogger logger, string urls);

    [LoggerMessage(701, LogLevel.Information, "Listening on {Urls} and not on the endpoints of the server's options: preferHostingUrls is true.")]
    internal static partial void EndpointsOverridden(this ILogger logger, string urls);

    [LoggerMessage(702, LogLevel.Warning, "HTTP/3 is not spoken on {Addresses}, but HTTP/1.1 and HTTP/2 are. Set Protocols to Http1AndHttp2.")]
    internal static partial void NoHttp3(this ILogger logger, string addresses);

    [LoggerMessage(703, LogLevel.Warning, "{Key} in the configuration has no effect on Endless.Http. {WhatToDo}")]
    internal static partial void KeyNotUnderstood(this ILogger logger, string key, string whatToDo);

    [LoggerMessage(704, LogLevel.Information, "Endpoints are those of {Section}; {Overridden} is left alone.")]
    internal static partial void SectionOverridden(this ILogger logger, string section, string overridden);

    [LoggerMessage(705, LogLevel.Warning, "There is no {File}, for which the configuration has a password in Certificates:Development. Make it by \"dotnet dev-certs https --export-path FILE --password PASSWORD\".")]
    internal static partial void NoDevelopmentFile(this ILogger logger, string file);

    [LoggerMessage(706, LogLevel.Warning, "Not listening on {Endpoints}, which the program names in ConfigureKestrel. Name them in UseEndless.")]
    internal static partial void KestrelEndpoints(this ILogger logger, string endpoints);
}
