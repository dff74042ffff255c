using Endless.Http.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Endless.Http.AspNetCore.Tests.Hosting;

/// <summary>What an application is told at the end of its generation, in which order.</summary>
public sealed class EndlessLifetimeTests
{
    private readonly ApplicationLifetime _host = new(NullLogger<ApplicationLifetime>.Instance);
    private readonly CollectingLog _log = new();
    private readonly List<string> _events = [];

    private EndlessLifetime Create()
    {
        var lifetime = new EndlessLifetime(_host, Options.Create(new HostOptions()), _log, new HostedGeneration(Current: null));
        lifetime.Draining.Register(() => _events.Add("draining"));
        _host.ApplicationStopping.Register(() => _events.Add("stopping"));
        return lifetime;
    }

    [Fact]
    public async Task Services_stop_and_clients_leave_before_a_superseded_application_stops()
    {
        using var lifetime = Create();
        lifetime.Superseded.Register(() => _events.Add("superseded"));
        var stop = new TaskCompletionSource();
        lifetime.StopWhenSuperseded(async _ =>
        {
            await stop.Task;
            _events.Add("service stopped");
        });
        var clients = new TaskCompletionSource();
        var waiting = new TaskCompletionSource();
        var left = lifetime.LeaveAsync(isSuperseded: true, async _ =>
        {
            waiting.SetResult();
            await clients.Task;
            _events.Add("clients left");
            stop.SetResult();
        });
        await waiting.Task;
        Assert.False(_host.ApplicationStopping.IsCancellationRequested);
        clients.SetResult();
        await left;
        Assert.Equal(["superseded", "draining", "clients left", "service stopped", "stopping"], _events);
        await lifetime.LeaveAsync(isSuperseded: true); // of the host's next server
        Assert.Equal(5, _events.Count);
    }

    [Fact]
    public async Task A_callback_that_throws_is_logged_and_the_others_are_called()
    {
        using var lifetime = Create();
        lifetime.Superseded.Register(() => _events.Add("superseded"));
        lifetime.Superseded.Register(() => throw new InvalidOperationException());
        await lifetime.LeaveAsync(isSuperseded: true);
        Assert.Equal(["superseded", "draining", "stopping"], _events);
        Assert.Contains("A callback of IEndlessLifetime.Superseded failed; the restart goes on without it.", _log.Lines);
    }

    [Fact]
    public async Task A_stop_supersedes_nothing()
    {
        using var lifetime = Create();
        await lifetime.LeaveAsync(isSuperseded: false);
        Assert.False(lifetime.Superseded.IsCancellationRequested);
        Assert.Equal(["draining", "stopping"], _events.Order());
    }

    [Fact]
    public void The_hosts_own_stop_is_the_beginning_of_the_end()
    {
        using var lifetime = Create();
        _host.StopApplication();
        Assert.Contains("draining", _events);
        Assert.False(lifetime.Superseded.IsCancellationRequested);
    }

    [Fact]
    public async Task The_first_reason_for_a_failed_start_counts()
    {
        var log = new FailedStartLog();
        using var start = new HostStart(_host, new HostedGeneration(Current: null), log);
        log.Failed!(new InvalidOperationException("no database"));
        _host.StopApplication();
        start.Fail("another");
        Assert.Equal("System.InvalidOperationException: no database", (await Assert.ThrowsAsync<InvalidOperationException>(() => start.Started)).Message);
    }

    [Fact]
    public async Task What_fails_once_it_has_started_is_no_failed_start()
    {
        var log = new FailedStartLog();
        using var start = new HostStart(_host, new HostedGeneration(Current: null), log);
        _host.NotifyStarted();
        log.Failed!(new InvalidOperationException("later"));
        _host.StopApplication();
        await start.Started;
    }
}
