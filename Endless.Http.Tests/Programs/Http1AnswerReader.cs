using System.Globalization;
using System.Text;
using Endless.Http.Load;

namespace Endless.Http.Tests.Programs;

/// <summary>Reads answers of HTTP/1.1 off a stream, knows one that is not whole from one that is none, and takes nothing that RFC 9112 does not have there.</summary>
internal sealed class Http1AnswerReader(Stream stream)
{
    private readonly byte[] _buffer = new byte[32 * 1024];
    private int _start;
    private int _end;
    private string _cause = "";

    /// <summary>Bytes are there that no request asked for, or that belong to the next answer.</summary>
    public ReadOnlySpan<byte> Unread => _buffer.AsSpan(_start, _end - _start);

    /// <summary>The next answer.</summary>
    public async Task<Answer> ReadAsync()
    {
        _cause = "";
        var fields = new List<(string, string)>();
        var trailers = new List<(string, string)>();
        var body = new MemoryStream();
        var status = 0;
        try
        {
            do
            {
                fields.Clear();
                var line = await LineAsync();
                if (line.Length < 13 || !line.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) || !int.TryParse(line.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out status))
                    throw new FormatException($"no status line: \"{line}\"");
                await FieldsAsync(fields);
            }
            while (status is 100 or 103);
            await BodyAsync(fields, trailers, body);
            return new Answer(AnswerEnd.Whole, status, fields, body.ToArray(), trailers);
        }
        catch (FormatException exception)
        {
            return new Answer(AnswerEnd.Malformed, status, fields, body.ToArray(), trailers, $"{exception.Message}; then {Tagged.Show(Unread)}");
        }
        catch (EndOfStreamException)
        {
            return new Answer(AnswerEnd.Cut, status, fields, body.ToArray(), trailers, _cause.Length > 0 ? _cause : "closed");
        }
        catch (OperationCanceledException)
        {
            return new Answer(AnswerEnd.Malformed, status, fields, body.ToArray(), trailers, $"nothing more comes, after {body.Length:#,0} bytes of the body");
        }
    }

    /// <summary>Everything up to the end of the stream; null if it does not come.</summary>
    public async Task<byte[]?> ToEndAsync()
    {
        var rest = new MemoryStream();
        try
        {
            do
            {
                rest.Write(Unread);
                _start = _end;
            }
            while (await FillAsync());
            return rest.ToArray();
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private async Task BodyAsync(List<(string Name, string Value)> fields, List<(string, string)> trailers, MemoryStream body)
    {
        var lengths = fields.Where(f => f.Name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)).Select(f => f.Value).ToList();
        var codings = fields.Where(f => f.Name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase)).Select(f => f.Value).ToList();
        if (lengths.Count + codings.Count != 1) throw new FormatException($"{lengths.Count} lengths and {codings.Count} codings");
        if (lengths.Count == 1)
        {
            await ExactlyAsync(long.Parse(lengths[0], NumberStyles.None, CultureInfo.InvariantCulture), body);
            return;
        }
        if (codings[0] != "chunked") throw new FormatException($"coded as {codings[0]}");
        while (true)
        {
            var line = await LineAsync();
            if (line.Length is 0 or > 8 || !int.TryParse(line, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var size)) throw new FormatException($"no chunk header behind {body.Length:#,0} bytes: \"{line}\"");
            if (size == 0) break;
            await ExactlyAsync(size, body);
            if (await LineAsync() is { Length: > 0 } more) throw new FormatException($"no end of a chunk behind {body.Length:#,0} bytes: \"{more}\"");
        }
        await FieldsAsync(trailers);
    }

    private async Task FieldsAsync(List<(string, string)> fields)
    {
        while (await LineAsync() is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':');
            if (colon <= 0 || line[..colon].Contains(' ')) throw new FormatException($"no field: \"{line}\"");
            fields.Add((line[..colon], line[(colon + 1)..].Trim()));
        }
    }

    private async Task<string> LineAsync()
    {
        while (true)
        {
            var end = Unread.IndexOf((byte)'\n');
            if (end >= 0)
            {
                if (end == 0 || _buffer[_start + end - 1] != '\r') throw new FormatException("a line that ends without CR");
                var line = Encoding.Latin1.GetString(Unread[..(end - 1)]);
                _start += end + 1;
                return line;
            }
            if (Unread.Length > 4096) throw new FormatException("a line without an end");
            if (!await FillAsync()) throw new EndOfStreamException();
        }
    }

    private async Task ExactlyAsync(long count, MemoryStream body)
    {
        while (count > 0)
        {
            if (_start == _end && !await FillAsync()) throw new EndOfStreamException();
            var part = Unread[..(int)Math.Min(count, Unread.Length)];
            body.Write(part);
            _start += part.Length;
            count -= part.Length;
        }
    }

    /// <summary>False at the end, in order or not.</summary>
    private async Task<bool> FillAsync()
    {
        Unread.CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        using var limit = new CancellationTokenSource(Deadline.Default / 2);
        try
        {
            var count = await stream.ReadAsync(_buffer.AsMemory(_end), limit.Token);
            _end += count;
            return count > 0;
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            _cause = exception.Message;
            return false;
        }
    }
}
