using System.Globalization;

namespace Endless.Http.Tests.Fuzzing.Streams;

/// <summary>Does what handlers do, by chance: reads or does not, writes in pieces, waits, gives up, throws, promises lengths and keeps them or not.</summary>
/// <param name="random">Says what.</param>
/// <param name="connection">Where the stream of a request is.</param>
internal sealed class RandomHandler(Random random, ConnectionModel connection) : IHandler
{
    private readonly List<TaskCompletionSource> _gates = [];

    /// <summary>Handlers wait for nothing any more but for their clients.</summary>
    public bool IsEnding { get; set; }

    /// <summary>A handler has read what its client did not send.</summary>
    public string? Fault { get; private set; }

    /// <summary>Lets one handler that waits go on. False if none does.</summary>
    public bool Release()
    {
        if (_gates.Count == 0) return false;
        var index = random.Next(_gates.Count);
        var gate = _gates[index];
        _gates.RemoveAt(index);
        gate.SetResult();
        return true;
    }

    public async Task ServeHttpAsync(ResponseWriter w, Request r)
    {
        var stream = connection.Find(int.Parse(r.Path.AsSpan(1), CultureInfo.InvariantCulture))!;
        var script = stream.Script = new Script();
        try
        {
            if (r.RawQuery == "read") await r.ReadBodyAsync();
            else if (r.RawQuery.Length > 0) await WriteAsync(w, stream, int.Parse(r.RawQuery, CultureInfo.InvariantCulture));
            else await PlayAsync(w, r, stream);
        }
        catch
        {
            script.IsBroken = true;
            throw;
        }
        script.IsDone = true;
    }

    private async Task PlayAsync(ResponseWriter w, Request r, StreamModel stream)
    {
        var script = stream.Script!;
        var promised = -1L;
        var hasHead = false;
        switch (random.Next(12))
        {
            case 0:
                w.WriteHeader(script.Status = random.Next(2) == 0 ? 204 : 304);
                hasHead = true;
                break;
            case 1 or 2:
                promised = random.Next(40_000);
                w.Header.Set("Content-Length", promised.ToString(CultureInfo.InvariantCulture));
                break;
        }
        for (var steps = random.Next(7); steps > 0; steps--)
        {
            switch (random.Next(IsEnding ? 10 : 13))
            {
                case 0:
                    await ReadAsync(r, stream);
                    break;
                case 1:
                    foreach (var octet in await r.ReadBodyAsync())
                        if (octet != (byte)stream.Id) Fault = $"Stream {stream.Id} was given another's octets.";
                    break;
                case 2 or 3 or 4 when script.Status == 200 && promised < 0:
                    await WriteAsync(w, stream, random.Next(4) == 0 ? random.Next(100_000) : random.Next(3_000));
                    hasHead = true;
                    break;
                case 5 when promised < 0:
                    await w.FlushAsync();
                    hasHead = true;
                    break;
                case 6 when !hasHead:
                    w.WriteHeader(103);
                    break;
                case 7:
                    w.Trailers.Set("X-Trailer", "1");
                    break;
                case 8 when random.Next(4) == 0:
                    throw random.Next(2) == 0 ? new AbortHandlerException() : new InvalidOperationException("It is broken.");
                case >= 10:
                    await WaitAsync(random.Next(3) == 0 ? r : null);
                    break;
            }
        }
        if (promised < 0) return;
        if (random.Next(5) == 0)
        {
            var kept = random.Next((int)promised + 1);
            script.IsBroken = kept < promised && !stream.IsHead;
            promised = kept;
        }
        await WriteAsync(w, stream, (int)promised);
    }

    private static async Task WriteAsync(ResponseWriter w, StreamModel stream, int length)
    {
        var octets = new byte[length];
        octets.AsSpan().Fill((byte)stream.Id);
        stream.Script!.Written += length;
        await w.WriteAsync(octets);
    }

    private async Task ReadAsync(Request r, StreamModel stream)
    {
        var result = await r.Body.ReadAsync();
        foreach (var memory in result.Buffer)
            if (memory.Span.ContainsAnyExcept((byte)stream.Id)) Fault = $"Stream {stream.Id} was given another's octets.";
        var consumed = result.Buffer.GetPosition(random.NextInt64(result.Buffer.Length + 1));
        r.Body.AdvanceTo(consumed, random.Next(2) == 0 ? consumed : result.Buffer.End);
    }

    private async Task WaitAsync(Request? cancelledWith)
    {
        if (IsEnding) return;
        var gate = new TaskCompletionSource();
        _gates.Add(gate);
        if (cancelledWith is null)
        {
            await gate.Task;
            return;
        }
        using var registration = cancelledWith.Cancellation.Register(() =>
        {
            if (_gates.Remove(gate)) gate.SetCanceled();
        });
        await gate.Task;
    }
}
