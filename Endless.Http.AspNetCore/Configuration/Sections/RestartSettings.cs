namespace Endless.Http.AspNetCore.Configuration;

/// <summary>How an application restarts, in the configuration: <c>Restart:Probation</c> and so on, by the names of <see cref="EndlessRestartOptions"/>.</summary>
internal static class RestartSettings
{
    /// <summary>Reads them.</summary>
    public static void Read(SettingsSection section, EndlessRestartOptions restart)
    {
        section.Read(nameof(restart.Probation), SettingForms.Time, value => restart.Probation = value);
        section.Read(nameof(restart.StartTimeout), SettingForms.Time, value => restart.StartTimeout = value);
        section.Read(nameof(restart.HammerTime), SettingForms.TimeOrNone, value => restart.HammerTime = value);
        section.Read(nameof(restart.DrainGrace), SettingForms.TimeOrNone, value => restart.DrainGrace = value);
        section.Read(nameof(restart.StopDelay), SettingForms.Time, value => restart.StopDelay = value);
        section.Read(nameof(restart.HandOver), SettingForms.Switch, value => restart.HandOver = value);
        section.Read(nameof(restart.PidFile), SettingForms.TextOrNone, value => restart.PidFile = value);
    }
}
