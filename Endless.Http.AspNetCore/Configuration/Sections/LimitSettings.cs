using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Endless.Http.AspNetCore.Configuration;

/// <summary>Limits in the configuration: <c>Limits:MaxRequestBodySize</c> and so on, by the names of <see cref="EndlessServerLimits"/>.</summary>
internal static class LimitSettings
{
    /// <summary>Reads them.</summary>
    public static void Read(SettingsSection section, EndlessServerLimits limits)
    {
        section.Read(nameof(limits.MaxRequestBodySize), SettingForms.LargeNumberOrNone, value => limits.MaxRequestBodySize = value);
        section.Read(nameof(limits.MaxConcurrentConnections), SettingForms.LargeNumberOrNone, value => limits.MaxConcurrentConnections = value);
        section.Read(nameof(limits.MaxRequestHeadersTotalSize), SettingForms.Number, value => limits.MaxRequestHeadersTotalSize = value);
        section.Read(nameof(limits.MaxRequestHeadersTotalSizePerConnection), SettingForms.NumberOrNone, value => limits.MaxRequestHeadersTotalSizePerConnection = value);
        section.Read(nameof(limits.MaxRequestHeaderCount), SettingForms.Number, value => limits.MaxRequestHeaderCount = value);
        section.Read(nameof(limits.MaxRequestLineSize), SettingForms.Number, value => limits.MaxRequestLineSize = value);
        section.Read(nameof(limits.KeepAliveTimeout), SettingForms.Time, value => limits.KeepAliveTimeout = value);
        section.Read(nameof(limits.RequestHeadersTimeout), SettingForms.Time, value => limits.RequestHeadersTimeout = value);
        ReadRate(section, nameof(limits.MinRequestBodyDataRate), limits.MinRequestBodyDataRate, rate => limits.MinRequestBodyDataRate = rate);
        ReadRate(section, nameof(limits.MinResponseDataRate), limits.MinResponseDataRate, rate => limits.MinResponseDataRate = rate);
    }

    /// <summary>A rate has two values, of which one may be left at its default; null is none.</summary>
    private static void ReadRate(SettingsSection limits, string key, MinDataRate? otherwise, Action<MinDataRate?> set)
    {
        if (limits.Find(key) is { } setting)
        {
            if (!string.IsNullOrEmpty(setting.Text)) throw setting.Wrong("expected is null for none, or BytesPerSecond and GracePeriod beneath it");
            set(null);
        }
        var section = limits.Section(key);
        if (!section.Keys.Any()) return;
        var rate = otherwise ?? new EndlessServerLimits().MinRequestBodyDataRate!;
        section.Read(nameof(rate.BytesPerSecond), SettingForms.Fraction, value => rate = new MinDataRate(value, rate.GracePeriod));
        section.Read(nameof(rate.GracePeriod), SettingForms.Time, value => rate = new MinDataRate(rate.BytesPerSecond, value));
        set(rate);
    }
}
