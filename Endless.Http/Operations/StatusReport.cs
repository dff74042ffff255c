using System.Buffers;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Endless.Http.Generations;
using Endless.Http.Metrics;
using Endless.Http.Status;

namespace Endless.Http.Operations;

/// <summary>
/// What a generation has to say of itself, as JSON in one line. Times are milliseconds of Unix time, durations milliseconds, and what has not happened is null. Thread-safe.
/// </summary>
/// <remarks>Rates and percentiles are of the last seconds: of what has happened since a sample that is <see cref="Window"/> old, or the oldest there is.</remarks>
internal sealed class StatusReport(Generation generation)
{
    /// <summary>What rates and percentiles are of: milliseconds.</summary>
    private const long Window = 10_000;

    /// <summary>Between two samples at least: milliseconds.</summary>
    private const long SamplePeriod = 500;

    private readonly Lock _lock = new();
    private readonly List<Sample> _samples = [new(Environment.TickCount64, new long[DurationBounds.Fine.Length + 1], new ServerCounters(), [])];

    /// <summary>The report now.</summary>
    internal byte[] Make()
    {
        var sample = new Sample(Environment.TickCount64, generation.Figures.Requests.Durations(), generation.Figures.Counters, LoopTimes());
        Sample since;
        LoopTime?[] loopsSince;
        long loopsAt;
        lock (_lock)
        {
            while (_samples.Count > 1 && _samples[1].At <= sample.At - Window) _samples.RemoveAt(0);
            since = _samples[0];
            var first = _samples.Find(one => one.LoopTimes.Length > 0) ?? sample;
            (loopsSince, loopsAt) = (first.LoopTimes, first.At);
            if (sample.At - _samples[^1].At >= SamplePeriod) _samples.Add(sample);
        }
        var bytes = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteNumber("now", DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
            json.WriteNumber("generation", generation.Info.Number);
            json.WriteNumber("processId", generation.Host.ProcessId);
            json.WriteString("program", Path.GetFileNameWithoutExtension(Environment.GetCommandLineArgs()[0]));
            json.WriteString("version", Assembly.GetEntryAssembly()?.GetName().Version?.ToString());
            json.WriteString("state", generation.IsStopping ? "stopping" : generation.Figures.History.Attempt is null ? "serving" : "restarting");
            WriteServers(json);
            WriteConnections(json, sample.Counters);
            WriteRequests(json, sample, since);
            WriteLimits(json);
            WriteLoops(json, sample, loopsSince, loopsAt);
            WriteRestarts(json);
            WriteGenerations(json);
            json.WriteEndObject();
        }
        return bytes.WrittenSpan.ToArray();
    }

    private void WriteServers(Utf8JsonWriter json)
    {
        json.WriteStartArray("servers");
        foreach (var server in generation.Figures.Servers)
        {
            json.WriteStartObject();
            json.WriteString("address", server.Address);
            json.WriteString("state", server.State.ToString());
            json.WriteString("awaited", server.Awaited);
            json.WriteNumber("connections", server.Stats.Connections);
            json.WriteNumber("accepted", server.Stats.Accepted);
            json.WriteNumber("requests", server.Stats.Requests);
            WriteNumber(json, "acceptQueue", server.Stats.AcceptQueue);
            json.WriteStartArray("certificates");
            foreach (var certificate in server.Certificates)
            {
                json.WriteStartObject();
                json.WriteString("subject", certificate.Subject);
                json.WriteNumber("notAfter", certificate.NotAfter.ToUnixTimeMilliseconds());
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private void WriteConnections(Utf8JsonWriter json, ServerCounters counters)
    {
        var states = generation.Figures.ConnectionStates;
        json.WriteStartObject("connections");
        json.WriteNumber("new", states.GetValueOrDefault(ConnectionState.New));
        json.WriteNumber("active", states.GetValueOrDefault(ConnectionState.Active));
        json.WriteNumber("idle", states.GetValueOrDefault(ConnectionState.Idle));
        json.WriteNumber("draining", generation.Figures.DrainingConnections);
        json.WriteNumber("accepted", counters.Accepted);
        json.WriteNumber("handedOver", counters.HandedOver);
        json.WriteNumber("dropped", counters.Dropped);
        json.WriteNumber("bytesReceived", counters.BytesReceived);
        json.WriteNumber("bytesSent", counters.BytesSent);
        json.WriteEndObject();
    }

    private void WriteRequests(Utf8JsonWriter json, Sample sample, Sample since)
    {
        long[] durations = [.. sample.Durations.Zip(since.Durations, static (now, then) => now - then)];
        var seconds = Math.Max(0.001, (sample.At - since.At) / 1000d);
        json.WriteStartObject("requests");
        json.WriteNumber("total", sample.Durations.Sum() + RequestsBefore());
        json.WriteNumber("active", generation.Figures.Requests.Active);
        json.WriteNumber("windowSeconds", Math.Round(seconds, 3));
        json.WriteNumber("perSecond", Math.Round(durations.Sum() / seconds, 1));
        json.WriteNumber("bytesReceivedPerSecond", Math.Round((sample.Counters.BytesReceived - since.Counters.BytesReceived) / seconds));
        json.WriteNumber("bytesSentPerSecond", Math.Round((sample.Counters.BytesSent - since.Counters.BytesSent) / seconds));
        json.WriteStartObject("latency");
        foreach (var (name, share) in (ReadOnlySpan<(string, double)>)[("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p999", 0.999)])
        {
            if (DurationBounds.Percentile(durations, share) is { } percentile) json.WriteNumber(name, Math.Round(percentile * 1000, 4));
            else json.WriteNull(name);
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Requests that the generations before have answered.</summary>
    private long RequestsBefore() => CounterSnapshot.Rows(generation.Figures.CountersFromPrevious)
        .Where(row => row.Name == "http_server_request_duration_seconds" && row.Values.Length > 1)
        .Sum(row => (long)row.Values[..^1].Sum()); // the last value is not a count

    private void WriteLimits(Utf8JsonWriter json)
    {
        json.WriteStartArray("limits");
        foreach (var limit in ProcessLimit.All(generation))
        {
            json.WriteStartObject();
            json.WriteString("name", limit.Name);
            json.WriteNumber("used", limit.Used);
            json.WriteNumber("max", limit.Max);
            WriteNumber(json, "refused", limit.Refused);
            WriteNumber(json, "shed", limit.Shed);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private void WriteLoops(Utf8JsonWriter json, Sample sample, LoopTime?[] since, long sinceAt)
    {
        json.WriteStartArray("loops");
        var loops = generation.Loops.Loops;
        for (var i = 0; i < loops.Count; i++)
        {
            json.WriteStartObject();
            json.WriteNumber("sources", loops[i].Sources);
            json.WriteNumber("stalls", loops[i].Superseded);
            // A loop that has moved to another thread has that thread's time: no difference can be taken.
            if (sample.LoopTimes[i] is { } now && since[i] is { } then && now.Thread == then.Thread && sample.At > sinceAt)
                json.WriteNumber("busy", Math.Round(Math.Clamp((now.Nanoseconds - then.Nanoseconds) / 1e6 / (sample.At - sinceAt), 0, 1), 3));
            else json.WriteNull("busy");
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteNumber("workers", generation.Loops.Workers.Threads);
    }

    private void WriteRestarts(Utf8JsonWriter json)
    {
        json.WriteNumber("restartCount", generation.Figures.TrustedRestarts);
        json.WriteNumber("restartFailures", generation.Failures);
        json.WriteStartArray("restarts");
        var ends = generation.Figures.History.Generations.ToDictionary(one => one.Number, one => one.Ended);
        foreach (var restart in generation.Figures.History.Restarts) WriteRestart(json, restart, ends.GetValueOrDefault(restart.From));
        if (generation.Figures.History.Attempt is { } attempt) WriteRestart(json, attempt, 0);
        json.WriteEndArray();
    }

    private static void WriteRestart(Utf8JsonWriter json, RestartRecord restart, long drained)
    {
        json.WriteStartObject();
        json.WriteNumber("from", restart.From);
        json.WriteNumber("processId", restart.ProcessId);
        json.WriteNumber("began", restart.Began);
        json.WriteString("phase", restart switch
        {
            { Failure: not null } => "failed",
            { Ready: 0 } => "start",
            { TookOver: 0 } => "probation",
            _ when drained == 0 => "drain",
            _ => "done",
        });
        WriteSpan(json, "start", restart.Began, restart.Ready);
        WriteSpan(json, "probation", restart.Ready, restart.TookOver);
        WriteSpan(json, "drain", restart.TookOver, drained);
        WriteSpan(json, "failed", restart.Began, restart.Ended);
        json.WriteString("failure", restart.Failure);
        json.WriteEndObject();
    }

    private void WriteGenerations(Utf8JsonWriter json)
    {
        json.WriteStartArray("generations");
        foreach (var one in generation.Figures.History.Generations)
        {
            json.WriteStartObject();
            json.WriteNumber("number", one.Number);
            json.WriteNumber("processId", one.ProcessId);
            WriteTime(json, "started", one.Started);
            WriteTime(json, "ready", one.Ready);
            WriteTime(json, "left", one.Left);
            WriteTime(json, "ended", one.Ended);
            json.WriteNumber("connections", one.Connections);
            json.WriteNumber("handedOver", one.HandedOver);
            json.WriteNumber("dropped", one.Dropped);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteTime(Utf8JsonWriter json, string name, long time) => WriteNumber(json, name, time == 0 ? null : time);

    private static void WriteSpan(Utf8JsonWriter json, string name, long from, long to) => WriteNumber(json, name, from == 0 || to == 0 ? null : Math.Max(0, to - from));

    private static void WriteNumber(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number) json.WriteNumber(name, number);
        else json.WriteNull(name);
    }

    private LoopTime?[] LoopTimes() => [.. generation.Loops.Loops.Select(loop => ReadTime(loop.ThreadId))];

    /// <summary>The processor time of a thread, from /proc (proc(5), schedstat: the first of three numbers); null where the kernel does not count it.</summary>
    private static LoopTime? ReadTime(int thread)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/self/task/{thread}/schedstat");
            return long.TryParse(stat.AsSpan(0, Math.Max(0, stat.IndexOf(' '))), NumberStyles.None, CultureInfo.InvariantCulture, out var time) ? new(thread, time) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private readonly record struct LoopTime(int Thread, long Nanoseconds);

    private sealed record Sample(long At, long[] Durations, ServerCounters Counters, LoopTime?[] LoopTimes);
}
