using System.Globalization;
using System.Text;

namespace Endless.Http.Tests.Interleavings.Http1;

/// <summary>What a client finds in the octets of a connection: whole responses, and at most a broken one behind them.</summary>
internal sealed class Http1Answers
{
    private readonly string _text;
    private int _at;

    public Http1Answers(List<byte> octets)
    {
        _text = Encoding.Latin1.GetString([.. octets]);
        while (_at < _text.Length && TryTake(out var body)) Bodies.Add(body);
        Rest = _text[_at..];
    }

    /// <summary>Of the whole responses.</summary>
    public List<string> Bodies { get; } = [];

    /// <summary>What is behind them: a response without its end.</summary>
    public string Rest { get; }

    private bool TryTake(out string body)
    {
        body = "";
        var start = _at;
        var end = _text.IndexOf("\r\n\r\n", _at, StringComparison.Ordinal);
        Assert.True(_text.AsSpan(_at).StartsWith("HTTP/1.1 2") || _text.AsSpan(_at).StartsWith("HTTP/1.1 5"), $"No status line in place of one: {_text[_at..]}");
        if (end < 0) return false;
        var head = _text[_at..end];
        _at = end + 4;
        var length = Field(head, "Content-Length: ");
        if (length != null)
        {
            var count = int.Parse(length, CultureInfo.InvariantCulture);
            if (_at + count <= _text.Length)
            {
                body = _text.Substring(_at, count);
                _at += count;
                return true;
            }
        }
        else if (Field(head, "Transfer-Encoding: ") == "chunked")
        {
            if (TryTakeChunks(ref body)) return true;
        }
        else
        {
            Assert.Fail($"A response without framing: {head}");
        }
        _at = start;
        return false;
    }

    private bool TryTakeChunks(ref string body)
    {
        while (true)
        {
            var end = _text.IndexOf("\r\n", _at, StringComparison.Ordinal);
            if (end < 0) return false;
            var size = int.Parse(_text.AsSpan(_at, end - _at), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            if (end + 2 + size + 2 > _text.Length) return false;
            body += _text.Substring(end + 2, size);
            _at = end + 2 + size + 2;
            Assert.Equal("\r\n", _text[(_at - 2).._at]);
            if (size == 0) return true;
        }
    }

    private static string? Field(string head, string name)
    {
        var start = head.IndexOf(name, StringComparison.Ordinal);
        if (start < 0) return null;
        start += name.Length;
        var end = head.IndexOf('\r', start);
        return end < 0 ? head[start..] : head[start..end];
    }
}
