using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Endless.Http.Generations;
using Endless.Http.Operations;
using Endless.Http.Tests.Restart;
using Endless.Http.Tests.Server;

namespace Endless.Http.Tests.Handlers;

/// <summary>The meter as OpenTelemetry's SDK and dotnet-counters listen to it.</summary>
public sealed class ServerMeterTests : IDisposable
{
    private readonly Generation _generation = new(new FakeHost(), TimeSpan.FromSeconds(1));
    private readonly ServerMeter _meter;
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, double> _values = new();
    private readonly ConcurrentDictionary<string, Dictionary<string, object?>> _tags = new();

    public ServerMeterTests() => _meter = new ServerMeter(_generation);

    public void Dispose()
    {
        _listener.Dispose();
        _meter.Dispose();
    }

    private void Listen()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == _meter.Meter) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
        {
            var state = tags.ToArray().ToDictionary();
            _tags[instrument.Name] = state;
            _values[$"{instrument.Name}{{{state.GetValueOrDefault("state")}}}"] = value;
        });
        _listener.Start();
    }

    [Fact]
    public async Task A_listener_is_told_of_requests_and_connections()
    {
        using var fixture = new ServerFixture(generation: _generation);
        await fixture.StartAsync();
        Listen();
        using var client = new HttpClient();
        await client.GetStringAsync($"http://{fixture.Server.LocalEndPoint}/");
        Assert.Equal("GET", _tags["http.server.request.duration"]["http.request.method"]);
        Assert.Equal(200, _tags["http.server.request.duration"]["http.response.status_code"]);
        Assert.Equal("1.1", _tags["http.server.request.duration"]["network.protocol.version"]);

        _listener.RecordObservableInstruments();
        Assert.Equal(1, _values["endless.connections.accepted{}"]);
        Assert.Equal(1, _values["endless.active_connections{}"]);
        Assert.Equal(1, _values["endless.generation{}"]);
        Assert.Equal(0, _values["endless.restarts{}"]);
        Assert.Equal(0, _values["endless.accept_queue{}"]);
        Assert.Equal(1, new[] { "new", "active", "idle" }.Sum(state => _values[$"endless.connections{{{state}}}"]));
    }

    [Fact]
    public async Task Nobody_listening_measures_no_request()
    {
        using var fixture = new ServerFixture(generation: _generation);
        await fixture.StartAsync();
        using var client = new HttpClient();
        await client.GetStringAsync($"http://{fixture.Server.LocalEndPoint}/");
        Assert.False(_generation.Figures.Requests.IsOn);
        Assert.Empty(_generation.Figures.Requests.Series);
    }

    [Fact]
    public async Task Another_meter_of_the_same_name_is_no_harm()
    {
        using var clash = new Meter(ServerMeter.Name);
        clash.CreateObservableCounter("endless.restarts", () => 42.0);
        using var fixture = new ServerFixture(generation: _generation);
        await fixture.StartAsync();
        Listen();
        _listener.RecordObservableInstruments();
        Assert.Equal(0, _values["endless.restarts{}"]);
    }
}
