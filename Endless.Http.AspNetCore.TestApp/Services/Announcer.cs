using System.Globalization;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Endless.Http.AspNetCore.TestApp.Services;

/// <summary>Prints where the application listens when it has started, and the steps of its end; dies when it is told to.</summary>
internal sealed class Announcer : IHostedService
{
    public Announcer(IEndlessLifetime endless, IHostApplicationLifetime host, IServiceProvider services, Script script)
    {
        endless.Superseded.Register(() => Script.Say("superseded"));
        host.ApplicationStopping.Register(() => Script.Say("stopping"));
        host.ApplicationStarted.Register(() =>
        {
            foreach (var address in services.GetService<IServer>()?.Features.Get<IServerAddressesFeature>()?.Addresses ?? [])
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Listening on {address["http://".Length..]}, pid {Environment.ProcessId}"));
            if (script["dies-when"] is { } file) _ = DieAsync(file);
        });
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static async Task DieAsync(string file)
    {
        await Script.FileAsync(file);
        Mono.Unix.Native.Syscall.kill(Environment.ProcessId, Mono.Unix.Native.Signum.SIGKILL);
    }
}
