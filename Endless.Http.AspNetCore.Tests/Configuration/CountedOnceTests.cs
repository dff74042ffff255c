using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Endless.Http.Pipeline;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Endless.Http.AspNetCore.Tests.Configuration;

/// <summary>The host counts and traces requests: the server does not do it again.</summary>
public sealed class CountedOnceTests
{
    private const string HostMeter = "Microsoft.AspNetCore.Hosting";
    private const string ServerMeter = "Endless.Http";
    private static readonly string[] Sources = ["Microsoft.AspNetCore", "Endless.Http"];

    [Fact]
    public async Task A_request_is_measured_and_traced_once()
    {
        var measured = new ConcurrentBag<(string Meter, string Instrument, object? Path)>();
        var spans = new ConcurrentBag<ActivityTraceId>();
        using var meters = new MeterListener { InstrumentPublished = (instrument, listener) => { if (instrument.Meter.Name is HostMeter or ServerMeter) listener.EnableMeasurementEvents(instrument); } };
        meters.SetMeasurementEventCallback<double>((instrument, _, tags, _) => measured.Add((instrument.Meter.Name, instrument.Name, TagOf(tags, "http.route"))));
        meters.Start();
        using var activities = new ActivityListener
        {
            ShouldListenTo = source => Sources.Contains(source.Name),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => spans.Add(activity.TraceId),
        };
        ActivitySource.AddActivityListener(activities);

        var trace = ActivityTraceId.CreateRandom();
        var path = $"/{Guid.NewGuid():N}";
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseEndless().UseUrls("http://127.0.0.1:0");
        await using (var app = builder.Build())
        {
            app.MapGet(path, () => "");
            await app.StartAsync();
            meters.RecordObservableInstruments(); // as an exporter does, whereupon the server begins to count
            using var client = new HttpClient();
            client.DefaultRequestHeaders.Add("traceparent", $"00-{trace}-00f067aa0ba902b7-01");
            for (var i = 0; i < 3; i++) await client.GetStringAsync(new Uri(app.Urls.Single() + path));
        }
        Assert.Equal(3, measured.Count(m => m is (HostMeter, "http.server.request.duration", { } route) && route.Equals(path)));
        Assert.DoesNotContain(measured, m => m is (ServerMeter, "http.server.request.duration", _) && path.Equals(m.Path));
        Assert.Equal(3, spans.Count(span => span == trace));
    }

    [Fact]
    public void A_server_that_is_not_hosted_counts_itself_and_a_planned_one_does_not()
    {
        var alone = EndlessServer.NewServer("127.0.0.1:0", Handler.From((w, _) => w.WriteHeader(204)));
        using var plan = TestPlan.OfUrls("http://127.0.0.1:0");
        Assert.Equal("TracedHandler", alone.CreateContext().Handler.GetType().Name);
        Assert.Equal("ScheduledHandler", plan.Only.CreateContext().Handler.GetType().Name);
        alone.Close();
    }

    [Fact]
    public void A_handler_that_schedules_itself_is_not_scheduled_by_the_server()
    {
        var handler = new ScheduledHandler(Handler.From(static (w, _) => w.WriteHeader(204)));
        var server = EndlessServer.NewServer("127.0.0.1:0", handler);
        server.IsHosted = true;
        Assert.Same(handler, server.CreateContext().Handler);
        server.Close();
    }

    private static object? TagOf(ReadOnlySpan<KeyValuePair<string, object?>> tags, string name)
    {
        foreach (var (key, value) in tags)
            if (key == name) return value;
        return null;
    }
}
