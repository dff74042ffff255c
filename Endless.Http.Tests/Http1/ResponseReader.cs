using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace Endless.Http.Tests.Http1;

/// <summary>A response as a strict client reads it.</summary>
internal sealed record Response(int Status, string Version, string Reason, List<KeyValuePair<string, string>> Fields, byte[] Body, List<KeyValuePair<string, string>> Trailers)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public string? this[string name] => Fields.Where(f => f.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(f => f.Value).SingleOrDefault();

    public bool Has(string name) => Fields.Any(f => f.Key.Equals(name, StringComparison.OrdinalIgnoreCase));
}

/// <summary>Reads HTTP/1 responses off a pipe, and fails on any byte that RFC 9112 does not have there.</summary>
internal sealed class ResponseReader(PipeReader input)
{
    public static readonly TimeSpan Deadline = Endless.Http.Load.Deadline.Default;

    /// <summary>The next response; with <paramref name="isHead"/> without a body whatever its fields say.</summary>
    public async Task<Response> ReadAsync(bool isHead = false, bool isConnect = false)
    {
        var statusLine = await ReadLineAsync();
        Assert.Matches("^HTTP/1\\.1 [1-9][0-9][0-9] [ -~]*$", statusLine);
        var status = int.Parse(statusLine.AsSpan(9, 3), CultureInfo.InvariantCulture);
        var fields = await ReadFieldsAsync();

        var lengths = fields.Where(f => f.Key.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)).ToList();
        var codings = fields.Where(f => f.Key.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase)).ToList();
        Assert.True(lengths.Count + codings.Count <= 1, "More than one framing: " + string.Join(", ", fields));
        Assert.False(status is < 200 or 204 && lengths.Count + codings.Count > 0, "1xx and 204 have no framing.");

        var trailers = new List<KeyValuePair<string, string>>();
        byte[] body;
        if (isHead || status is < 200 or 204 or 304 || (isConnect && status is >= 200 and < 300)) body = [];
        else if (codings.Count == 1) body = await ReadChunkedAsync(codings[0].Value, trailers);
        else if (lengths.Count == 1) body = await ReadExactlyAsync(long.Parse(lengths[0].Value, NumberStyles.None, CultureInfo.InvariantCulture));
        else body = await ReadToEndAsync();
        return new Response(status, statusLine[..8], statusLine[13..], fields, body, trailers);
    }

    /// <summary>False at the end of the stream.</summary>
    public async Task<bool> HasMoreAsync()
    {
        var result = await ReadCoreAsync();
        input.AdvanceTo(result.Buffer.Start);
        return !result.Buffer.IsEmpty;
    }

    /// <summary>Everything up to the end of the stream.</summary>
    public async Task<byte[]> ReadToEndAsync()
    {
        while (true)
        {
            var result = await ReadCoreAsync();
            if (result.IsCompleted)
            {
                var rest = result.Buffer.ToArray();
                input.AdvanceTo(result.Buffer.End);
                return rest;
            }
            input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    /// <summary>Fails unless the stream ends here.</summary>
    public async Task AssertEndAsync() => Assert.Equal("", Encoding.Latin1.GetString(await ReadToEndAsync()));

    /// <summary>What is there without waiting.</summary>
    public string Peek()
    {
        if (!input.TryRead(out var result)) return "";
        var text = Encoding.Latin1.GetString(result.Buffer.ToArray());
        input.AdvanceTo(result.Buffer.Start);
        return text;
    }

    private async Task<byte[]> ReadChunkedAsync(string coding, List<KeyValuePair<string, string>> trailers)
    {
        Assert.Equal("chunked", coding);
        using var body = new MemoryStream();
        while (true)
        {
            var line = await ReadLineAsync();
            Assert.Matches("^[0-9a-f]+$", line);
            var size = long.Parse(line, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            if (size == 0)
            {
                trailers.AddRange(await ReadFieldsAsync());
                return body.ToArray();
            }
            body.Write(await ReadExactlyAsync(size));
            Assert.Equal("", await ReadLineAsync());
        }
    }

    private async Task<List<KeyValuePair<string, string>>> ReadFieldsAsync()
    {
        var fields = new List<KeyValuePair<string, string>>();
        while (true)
        {
            var line = await ReadLineAsync();
            if (line.Length == 0) return fields;
            Assert.Matches("^[!#$%&'*+.^_`|~0-9A-Za-z-]+: ?[^\\x00-\\x08\\x0a-\\x1f\\x7f]*$", line);
            var colon = line.IndexOf(':');
            fields.Add(new(line[..colon], line[(colon + 1)..].Trim(' ')));
        }
    }

    private async Task<string> ReadLineAsync()
    {
        while (true)
        {
            var result = await ReadCoreAsync();
            if (result.Buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = Encoding.Latin1.GetString(result.Buffer.Slice(0, end).ToArray());
                input.AdvanceTo(result.Buffer.GetPosition(1, end));
                Assert.EndsWith("\r", line, StringComparison.Ordinal);
                Assert.DoesNotContain("\r", line[..^1], StringComparison.Ordinal);
                return line[..^1];
            }
            Assert.False(result.IsCompleted, "The stream ended within a line: " + Encoding.Latin1.GetString(result.Buffer.ToArray()));
            input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    private async Task<byte[]> ReadExactlyAsync(long count)
    {
        if (count == 0) return [];
        while (true)
        {
            var result = await ReadCoreAsync();
            if (result.Buffer.Length >= count)
            {
                var bytes = result.Buffer.Slice(0, count).ToArray();
                input.AdvanceTo(result.Buffer.GetPosition(count));
                return bytes;
            }
            Assert.False(result.IsCompleted, "The stream ended within a body.");
            input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    private async Task<ReadResult> ReadCoreAsync()
    {
        using var deadline = new CancellationTokenSource(Deadline);
        return await input.ReadAsync(deadline.Token);
    }
}
