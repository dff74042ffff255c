using Endless.Http.AspNetCore.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Endless.Http.AspNetCore.Hosting.Kestrel;

/// <summary>What the configuration says of restarts, and no more of it: the rest is Kestrel's.</summary>
internal sealed class RestartOptionsSetup(IConfiguration configuration) : IConfigureOptions<EndlessServerOptions>
{
    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">A value cannot be read; the message names its key, the value and what is expected.</exception>
    public void Configure(EndlessServerOptions options)
    {
        var section = new SettingsSection(configuration.GetSection("Endless"));
        RestartSettings.Read(section.Section("Restart"), options.Restart);
        section.Read("Admin", SettingForms.TextOrNone, value => options.Admin = value);
    }
}
