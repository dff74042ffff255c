using System.Globalization;
using Microsoft.AspNetCore.DataProtection;

namespace Endless.Http.AspNetCore.TestApp;

/// <summary>An ASP.NET Core application.</summary>
internal static class WebPages
{
    public static async Task RunAsync(Script script)
    {
        var builder = WebApplication.CreateBuilder();
        if (script["kestrel"] is { } kestrel) builder.WebHost.UseEndlessRestarts().UseUrls(kestrel);
        else builder.WebHost.UseEndless().UseUrls(script["endless"]!);
        if (script.Has("throw-before-build")) throw new InvalidOperationException("Main was told to throw, having said which server");
        if (script["pid-file"] is { } pidFile) EndlessProcess.PidFile = pidFile;
        if (script.Has("keys")) builder.Services.AddDataProtection().SetApplicationName("test").PersistKeysToEndless();
        script.AddTo(builder.Services);
        var app = builder.Build();
        app.MapGet("/", () => string.Create(CultureInfo.InvariantCulture, $"generation {EndlessProcess.Generation} pid {Environment.ProcessId}"));
        app.MapGet("/wait/{name}", async (string name) =>
        {
            Script.Say($"request {name}");
            await Script.FileAsync(Path.Combine(script["directory"]!, name));
            return name;
        });
        if (script.Has("keys"))
        {
            var protector = app.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("test");
            app.MapGet("/protect", () => protector.Protect("a secret"));
            app.MapGet("/unprotect/{value}", (string value) => protector.Unprotect(value));
        }
        app.MapGet("/restart", async (IEndlessLifetime lifetime) => (await lifetime.RestartAsync()).Reason ?? "restarted");
        await app.RunAsync();
    }
}
