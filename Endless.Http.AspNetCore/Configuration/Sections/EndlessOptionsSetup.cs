using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Endless.Http.AspNetCore.Configuration;

/// <summary>Options as the configuration has them: section <c>Endless</c>, and <c>Kestrel</c> and <c>ConfigureKestrel</c> for what is not there. Before what the program says.</summary>
internal sealed class EndlessOptionsSetup(IConfiguration configuration, IHostEnvironment environment, IOptions<KestrelServerOptions> kestrel, ILoggerFactory loggers) : IConfigureOptions<EndlessServerOptions>
{
    private const string Endless = "Endless";
    private const string Kestrel = "Kestrel";

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">A value cannot be read; the message names its key, the value and what is expected.</exception>
    public void Configure(EndlessServerOptions options)
    {
        var logger = loggers.CreateLogger(ServerPlan.LoggerName);
        var both = new SettingsSection(configuration.GetSection(Endless), configuration.GetSection(Kestrel));
        var own = both.Only(0);
        options.ContentRoot = environment.ContentRootPath;
        LimitSettings.Read(both.Only(1).Section("Limits"), options.Limits);
        KestrelCode.Apply(kestrel.Value, options, logger);
        both.Read("AddServerHeader", SettingForms.Switch, value => options.AddServerHeader = value);
        both.Read("AllowSynchronousIO", SettingForms.Switch, value => options.AllowSynchronousIO = value);
        own.Read("Admin", SettingForms.TextOrNone, value => options.Admin = value);
        own.Read("Scheduling", SettingForms.Member<SchedulingMode>(), value => options.Scheduling = value);
        own.Read("KestrelMetricNames", SettingForms.Switch, value => options.KestrelMetricNames = value);
        LimitSettings.Read(own.Section("Limits"), options.Limits);
        RestartSettings.Read(own.Section("Restart"), options.Restart);
        new EndpointSettings(options, new CertificateSettings(environment, logger)).Read(both, logger);
        foreach (var key in both.Unknown()) logger.KeyNotUnderstood(key, UnknownSettings.WhatToDo(key));
    }
}
