using System.Text;

namespace Endless.Http.Handlers.Tests.WebSockets;

/// <summary>What a client sends to an echo, and what it must be sent.</summary>
/// <param name="Name">Begins with the section of Autobahn's suite that it stands for.</param>
/// <param name="Frames">Sent in order.</param>
/// <param name="Expected">As <see cref="FrameClient.ReadTextAsync"/> gives it, up to the end of the connection.</param>
internal sealed record ConformanceCase(string Name, byte[][] Frames, params string[] Expected)
{
    private const int Text = 0x81, Binary = 0x82, Close = 0x88, Ping = 0x89, Pong = 0x8a, TextBegins = 0x01, BinaryBegins = 0x02, Goes = 0x00, Ends = 0x80;

    private static readonly byte[] Bye = Frame(Close, [0x03, 0xe8]);

    public static IReadOnlyList<ConformanceCase> All { get; } = [.. Framing(), .. Pings(), .. Reserved(), .. Opcodes(), .. Fragments(), .. Texts(), .. Closes()];

    public override string ToString() => Name;

    private static byte[] Frame(int first, params byte[] payload) => FrameClient.Frame(first, payload);

    private static byte[] Frame(int first, string payload) => FrameClient.Frame(first, payload);

    private static IEnumerable<ConformanceCase> Framing()
    {
        // Sections 1.1 and 1.2; 9.1 and 9.2 have larger ones.
        foreach (var length in (int[])[0, 1, 125, 126, 127, 128, 65535, 65536, 1024 * 1024])
        {
            var text = new string('*', length);
            yield return new($"1.1 a text of {length}", [Frame(Text, text), Bye], $"81 {text}".TrimEnd(), "88 1000");
            yield return new($"1.2 {length} bytes", [Frame(Binary, text), Bye], $"82 {text}".TrimEnd(), "88 1000");
        }
    }

    private static IEnumerable<ConformanceCase> Pings()
    {
        yield return new("2.1 a ping without payload", [Frame(Ping), Bye], "8a", "88 1000");
        yield return new("2.2 a ping of text", [Frame(Ping, "Hello"), Bye], "8a Hello", "88 1000");
        yield return new("2.4 a ping of 125 bytes", [Frame(Ping, new string('p', 125)), Bye], "8a " + new string('p', 125), "88 1000");
        yield return new("2.5 a ping of 126 bytes", [Frame(Ping, new string('p', 126))], "88 1002 A control frame is longer than 125 bytes.");
        yield return new("2.7 a pong that nobody asked for", [Frame(Pong, "x"), Frame(Text, "a"), Bye], "81 a", "88 1000");
        yield return new("2.10 ten pings", [.. Enumerable.Range(0, 10).Select(i => Frame(Ping, $"{i}")), Bye], [.. Enumerable.Range(0, 10).Select(i => $"8a {i}"), "88 1000"]);
    }

    private static IEnumerable<ConformanceCase> Reserved()
    {
        for (var bits = 1; bits <= 7; bits++)
        {
            yield return new($"3 reserved bits {bits} of a text", [Frame(Text, "a"), Frame(Text | bits << 4, "b"), Frame(Ping)], "81 a", "88 1002 A reserved bit is set.");
            yield return new($"3 reserved bits {bits} of a ping", [Frame(Ping | bits << 4, "b")], "88 1002 A reserved bit is set.");
            yield return new($"3 reserved bits {bits} of a close", [Frame(Close | bits << 4)], "88 1002 A reserved bit is set.");
        }
    }

    private static IEnumerable<ConformanceCase> Opcodes()
    {
        foreach (var opcode in (int[])[3, 4, 5, 6, 7, 11, 12, 13, 14, 15])
            yield return new($"4 opcode {opcode}", [Frame(Text, "a"), Frame(0x80 | opcode), Frame(Ping)], "81 a", "88 1002 An opcode is reserved.");
    }

    private static IEnumerable<ConformanceCase> Fragments()
    {
        yield return new("5.1 a ping in two", [Frame(0x09, "a"), Frame(Ends, "b")], "88 1002 A control frame is fragmented.");
        yield return new("5.2 a pong in two", [Frame(0x0a, "a"), Frame(Ends, "b")], "88 1002 A control frame is fragmented.");
        yield return new("5.3 a text in two", [Frame(TextBegins, "frag"), Frame(Ends, "ment"), Bye], "81 fragment", "88 1000");
        yield return new("5.6 a ping between two", [Frame(TextBegins, "frag"), Frame(Ping, "p"), Frame(Ends, "ment"), Bye], "8a p", "81 fragment", "88 1000");
        yield return new("5.9 a continuation of nothing", [Frame(Ends, "a"), Frame(Text, "b")], "88 1002 A message begins with a continuation.");
        yield return new("5.10 a continuation of nothing, not the last", [Frame(Goes, "a"), Frame(Text, "b")], "88 1002 A message begins with a continuation.");
        yield return new("5.15 a text, and a continuation", [Frame(TextBegins, "a"), Frame(Ends, "b"), Frame(Goes, "c")], "81 ab", "88 1002 A message begins with a continuation.");
        yield return new("5.18 a text within another", [Frame(TextBegins, "a"), Frame(Text, "b")], "88 1002 A message begins within another.");
        yield return new("5.19 five fragments and two pings", [Frame(TextBegins, "a"), Frame(Goes, "b"), Frame(Ping, "1"), Frame(Goes, "c"), Frame(Goes, "d"), Frame(Ping, "2"), Frame(Ends, "e"), Bye],
            "8a 1", "8a 2", "81 abcde", "88 1000");
        yield return new("6.1 fragments without bytes", [Frame(TextBegins), Frame(Goes), Frame(Ends), Bye], "81", "88 1000");
        yield return new("6.1 a fragment between empty ones", [Frame(TextBegins), Frame(Goes, "middle"), Frame(Ends), Bye], "81 middle", "88 1000");
        yield return new("9.3 64 KiB in fragments of 64", [Frame(BinaryBegins), .. Enumerable.Range(0, 1024).Select(_ => Frame(Goes, new string('x', 64))), Frame(Ends), Bye], "82 " + new string('x', 65536), "88 1000");
        yield return new("10.1 64 KiB in fragments of 1300", [Frame(TextBegins), .. Enumerable.Range(0, 50).Select(_ => Frame(Goes, new string('x', 1300))), Frame(Ends, new string('x', 536)), Bye], "81 " + new string('x', 65536), "88 1000");
    }

    private static IEnumerable<ConformanceCase> Texts()
    {
        const string notText = "88 1007 A text is not UTF-8.";
        foreach (var text in (string[])["Hello-\u00b5@\u00df\u00f6\u00e4\u00fc\u00e0\u00e1-UTF-8!!", "\u03ba\u1f79\u03c3\u03bc\u03b5", "\ud7ff", "\ue000", "\ufffd", "\ufffe", "\U0001f600", "\U0010ffff", "\0"])
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            yield return new($"6.2 {Convert.ToHexString(bytes)}", [Frame(Text, bytes), Bye], "81 " + text, "88 1000");
            yield return new($"6.2 {Convert.ToHexString(bytes)} in fragments of a byte", [Frame(TextBegins), .. bytes.Select(one => Frame(Goes, one)), Frame(Ends), Bye], "81 " + text, "88 1000");
        }
        foreach (var hex in (string[])
            ["CEBAE1BDB9CF83CEBCCEB5EDA080656469746564", "F8", "FC", "FE", "FF", "80", "BF", "8080", "C0AF", "C1BF", "E08080", "E09FBF", "F08FBFBF", "F4908080", "F5", "EDA080", "EDBFBF", "C3", "E28C", "F09F98", "C328", "E228A1", "F0288CBC", "F7BFBFBF"])
        {
            var bytes = Convert.FromHexString(hex);
            yield return new($"6.3 {hex}", [Frame(Text, bytes), Bye], notText);
            yield return new($"6.3 {hex} behind a long text", [Frame(Text, [.. Encoding.ASCII.GetBytes(new string('x', 1000)), .. bytes, (byte)'y']), Bye], notText);
            yield return new($"6.3 {hex} in fragments of a byte", [Frame(TextBegins), .. bytes.Select(one => Frame(Goes, one)), Frame(Ends), Bye], notText);
        }
        // Fail fast: the rest of the message, or of the frame, does not come.
        yield return new("6.4 a message that cannot become text, in its second fragment", [Frame(TextBegins, "\u03ba\u1f79\u03c3\u03bc\u03b5"), Frame(Goes, 0xf4, 0x90)], notText);
        yield return new("6.4 the second byte of a code point is enough", [Frame(TextBegins, 0xf4), Frame(Goes, 0x90)], notText);
        yield return new("6.4 a frame that cannot become text, in its middle", [Frame(Text, [(byte)'a', 0xf4, 0x90, .. new byte[100]])[..9]], notText);
        yield return new("6.4 a frame that cannot become text, by its first byte", [Frame(Text, [0xff, .. new byte[10]])[..7]], notText);
        yield return new("6 bytes are no text", [Frame(Binary, 0xff, 0xfe), Bye], "82 \ufffd\ufffd", "88 1000");
    }

    private static IEnumerable<ConformanceCase> Closes()
    {
        yield return new("7.1.1 a text and a close", [Frame(Text, "a"), Bye], "81 a", "88 1000");
        yield return new("7.1.2 two closes", [Bye, Bye], "88 1000");
        yield return new("7.1.3 a ping behind the close", [Bye, Frame(Ping)], "88 1000");
        yield return new("7.1.4 a text behind the close", [Bye, Frame(Text, "a")], "88 1000");
        yield return new("7.1.5 a close within a message", [Frame(TextBegins, "a"), Bye, Frame(Ends, "b")], "88 1000");
        yield return new("7.3.1 a close without a code", [Frame(Close)], "88");
        yield return new("7.3.2 a close of one byte", [Frame(Close, 3)], "88 1002 A close code has two bytes.");
        yield return new("7.3.4 a close with a reason", [Frame(Close, [0x03, 0xe8, .. Encoding.UTF8.GetBytes("Hello World!")])], "88 1000 Hello World!");
        yield return new("7.3.5 a close with the longest reason", [Frame(Close, [0x03, 0xe8, .. Encoding.UTF8.GetBytes(new string('r', 123))])], "88 1000 " + new string('r', 123));
        yield return new("7.3.6 a close that is too long", [Frame(Close, [0x03, 0xe8, .. new byte[124]])], "88 1002 A control frame is longer than 125 bytes.");
        yield return new("7.5.1 a reason that is no text", [Frame(Close, 0x03, 0xe8, 0xce, 0xba, 0xed, 0xa0, 0x80)], "88 1007 A close reason is not UTF-8.");
        foreach (var code in (int[])[1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999])
            yield return new($"7.7 code {code}", [Frame(Close, (byte)(code >> 8), (byte)code)], $"88 {code}");
        foreach (var code in (int[])[0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535])
            yield return new($"7.9 code {code}", [Frame(Close, (byte)(code >> 8), (byte)code)], "88 1002 A close code is not one that may be sent.");
    }
}
