using Endless.Http;
using Endless.Http.AspNetCore.Hosting.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.AspNetCore.DataProtection;

/// <summary>Data-protection keys that outlive restarts.</summary>
public static class EndlessDataProtectionExtensions
{
    /// <summary>
    /// Keeps the keys in memory and passes them on to the next generation, so that cookies, antiforgery tokens and whatever else is protected outlive restarts where there is no place to keep keys, as in a
    /// container. They never touch a disk and are not encrypted, unless <c>ProtectKeysWith...</c> says so. A process that is stopped and started, or crashes, begins with new keys; nor do two instances share them:
    /// for these persist them to a file, a database or a vault. Linux only.
    /// </summary>
    /// <remarks>The name of the application is to be set (<c>SetApplicationName</c>) where the program's directory changes between two builds: by default the keys are bound to it.</remarks>
    public static IDataProtectionBuilder PersistKeysToEndless(this IDataProtectionBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (!OperatingSystem.IsLinux()) return builder; // no restarts: the default of ASP.NET Core stays
        builder.Services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(static services => new ConfigureOptions<KeyManagementOptions>(
            options => options.XmlRepository = ProcessKeys.Get(services.GetRequiredService<ILogger<EndlessServer>>())));
        builder.Services.PostConfigure<KeyManagementOptions>(static options => options.XmlEncryptor ??= new NoEncryption());
        return builder;
    }
}
