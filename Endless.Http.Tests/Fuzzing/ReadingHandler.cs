namespace Endless.Http.Tests.Fuzzing;

/// <summary>Answers with what it read. Every part of the request counts.</summary>
internal sealed class ReadingHandler : IHandler
{
    public static readonly ReadingHandler Instance = new();

    public async Task ServeHttpAsync(ResponseWriter w, Request r)
    {
        var reading = new Reading();
        reading.Add(r.Method);
        reading.Add(r.Target);
        reading.Add(r.Host);
        reading.Add(r.Protocol);
        foreach (var (name, value) in r.Header)
        {
            reading.Add(name);
            reading.Add(value);
        }
        while (true)
        {
            var result = await r.Body.ReadAsync();
            foreach (var segment in result.Buffer) reading.Add(segment.Span);
            r.Body.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) break;
        }
        foreach (var (name, value) in r.Trailers)
        {
            reading.Add(name);
            reading.Add(value);
        }
        w.Header.Set("Content-Type", "text/plain");
        w.Header.Set("X-Reading", reading.ToString());
    }
}
