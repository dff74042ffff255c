using System.Buffers;
using System.Buffers.Text;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Endless.Http;

/// <summary>Lines of an access log in memory. For one flow.</summary>
/// <remarks>Log injection: whatever a client sent is escaped, so that it cannot end a line, begin another, close a quote or drive a terminal. As Apache does: <c>\"</c>, <c>\\</c>, <c>\n</c>, <c>\x1b</c>.</remarks>
internal sealed class AccessLogLines
{
    private static readonly SearchValues<char> Plain = SearchValues.Create(" !#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~");
    private static readonly string[] Months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

    private readonly AccessLogFormat _format;
    private readonly ArrayBufferWriter<byte> _bytes = new(16 * 1024);
    private readonly Utf8JsonWriter? _json;
    private readonly byte[] _time = new byte[32];
    private long _second = -1; // of what is in _time
    private int _timeLength;

    public AccessLogLines(AccessLogFormat format)
    {
        _format = format;
        if (format == AccessLogFormat.Json) _json = new Utf8JsonWriter(_bytes);
    }

    /// <summary>The lines.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.WrittenMemory;

    public void Clear() => _bytes.ResetWrittenCount();

    public void Append(AccessLogEntry entry)
    {
        if (_json is null) AppendText(entry);
        else AppendJson(_json, entry);
        _bytes.Write("\n"u8);
    }

    private void AppendText(AccessLogEntry entry)
    {
        Append(entry.Client);
        _bytes.Write(" - "u8);
        AppendWord(entry.User);
        _bytes.Write(" "u8);
        AppendTime(entry.Time);
        _bytes.Write(" \""u8);
        AppendEscaped(entry.Method);
        _bytes.Write(" "u8);
        AppendEscaped(entry.Target.AsSpan(0, entry.TargetLength));
        _bytes.Write(" "u8);
        AppendEscaped(entry.Protocol);
        _bytes.Write("\" "u8);
        Append(entry.Status);
        _bytes.Write(" "u8);
        if (entry.Bytes > 0) Append(entry.Bytes);
        else _bytes.Write("-"u8);
        if (_format == AccessLogFormat.Common) return;
        AppendQuoted(entry.Referer);
        AppendQuoted(entry.UserAgent);
        if (_format == AccessLogFormat.Combined) return;
        _bytes.Write(" "u8);
        Append((long)entry.Duration.TotalMicroseconds);
        AppendQuoted(entry.RequestId);
    }

    private void AppendJson(Utf8JsonWriter json, AccessLogEntry entry)
    {
        json.WriteStartObject();
        json.WriteString("time", entry.Time);
        WriteAddress(json, entry.Client);
        if (entry.User is not null) json.WriteString("user", entry.User);
        json.WriteString("method", entry.Method);
        json.WriteString("target", entry.Target.AsSpan(0, entry.TargetLength));
        json.WriteString("protocol", entry.Protocol);
        json.WriteString("host", entry.Host);
        if (entry.Route.Length > 0) json.WriteString("route", entry.Route);
        json.WriteNumber("status", entry.Status);
        if (entry.Bytes >= 0) json.WriteNumber("bytes", entry.Bytes);
        json.WriteNumber("seconds", (decimal)entry.Duration.Ticks / TimeSpan.TicksPerSecond);
        if (entry.IsCut) json.WriteBoolean("cut", true);
        if (entry.Referer is not null) json.WriteString("referer", entry.Referer);
        if (entry.UserAgent is not null) json.WriteString("userAgent", entry.UserAgent);
        if (entry.RequestId is not null) json.WriteString("requestId", entry.RequestId);
        json.WriteEndObject();
        json.Flush();
        json.Reset();
    }

    private static void WriteAddress(Utf8JsonWriter json, EndPoint? client)
    {
        Span<char> text = stackalloc char[65];
        if (client is IPEndPoint endPoint && endPoint.Address.TryFormat(text, out var length)) json.WriteString("client", text[..length]);
        else if (client is not null and not IPEndPoint) json.WriteString("client", "unix");
    }

    private void Append(EndPoint? client)
    {
        if (client is IPEndPoint endPoint && endPoint.Address.TryFormat(_bytes.GetSpan(65), out var length)) _bytes.Advance(length);
        else _bytes.Write(client is null or IPEndPoint ? "-"u8 : "unix"u8);
    }

    private void Append(long number)
    {
        Utf8Formatter.TryFormat(number, _bytes.GetSpan(20), out var length);
        _bytes.Advance(length);
    }

    /// <summary>[22/Nov/2025:12:28:42 +0000], made once a second.</summary>
    private void AppendTime(DateTime time)
    {
        if (time.Ticks / TimeSpan.TicksPerSecond is var second && second != _second)
        {
            _second = second;
            Span<char> text = stackalloc char[32];
            text.TryWrite(System.Globalization.CultureInfo.InvariantCulture, $"[{time.Day:00}/{Months[time.Month - 1]}/{time.Year:0000}:{time:HH':'mm':'ss} +0000]", out var length);
            _timeLength = Encoding.ASCII.GetBytes(text[..length], _time);
        }
        _bytes.Write(_time.AsSpan(0, _timeLength));
    }

    private void AppendQuoted(string? text)
    {
        _bytes.Write(" \""u8);
        if (string.IsNullOrEmpty(text)) _bytes.Write("-"u8);
        else AppendEscaped(text);
        _bytes.Write("\""u8);
    }

    /// <summary>A field without quotes: a space in it would shift the fields behind.</summary>
    private void AppendWord(string? text)
    {
        if (string.IsNullOrEmpty(text)) _bytes.Write("-"u8);
        var isFirst = true;
        foreach (var word in text.AsSpan().Split(' '))
        {
            if (!isFirst) AppendByte((byte)' ');
            isFirst = false;
            AppendEscaped(text.AsSpan(word));
        }
    }

    private void AppendEscaped(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            var plain = text.IndexOfAnyExcept(Plain);
            if (plain < 0) plain = text.Length;
            _bytes.Advance(Encoding.ASCII.GetBytes(text[..plain], _bytes.GetSpan(plain)));
            text = text[plain..];
            if (text.IsEmpty) return;
            AppendEscaped(text[0]);
            text = text[1..];
        }
    }

    private void AppendEscaped(char c)
    {
        switch (c)
        {
            case '"': _bytes.Write("\\\""u8); break;
            case '\\': _bytes.Write("\\\\"u8); break;
            case '\n': _bytes.Write("\\n"u8); break;
            case '\r': _bytes.Write("\\r"u8); break;
            case '\t': _bytes.Write("\\t"u8); break;
            case <= '\u00ff': AppendByte((byte)c); break; // a field's value is bytes, each a character
            default: AppendHexadecimal('u', c, 4); break;
        }
    }

    private void AppendByte(byte value) => AppendHexadecimal('x', value, 2);

    private void AppendHexadecimal(char kind, int value, int digits)
    {
        var text = _bytes.GetSpan(2 + digits);
        (text[0], text[1]) = ((byte)'\\', (byte)kind);
        for (var i = digits + 1; i > 1; i--, value >>= 4) text[i] = "0123456789abcdef"u8[value & 15];
        _bytes.Advance(2 + digits);
    }
}
