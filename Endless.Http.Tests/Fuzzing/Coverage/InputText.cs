using System.Globalization;
using System.Text;

namespace Endless.Http.Tests.Fuzzing.Coverage;

/// <summary>Bytes as one line of ASCII that can be read, reviewed and given to a command: <c>\r</c>, <c>\n</c>, <c>\\</c>, and <c>\x00</c> for what is not visible.</summary>
internal static class InputText
{
    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length + 16);
        foreach (var b in bytes)
        {
            switch (b)
            {
                case (byte)'\r': text.Append("\\r"); break;
                case (byte)'\n': text.Append("\\n"); break;
                case (byte)'\\': text.Append("\\\\"); break;
                case >= 0x20 and < 0x7f: text.Append((char)b); break;
                default: text.Append(CultureInfo.InvariantCulture, $"\\x{b:x2}"); break;
            }
        }
        return text.ToString();
    }

    /// <exception cref="FormatException">It is none.</exception>
    public static byte[] Decode(string text)
    {
        var bytes = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                bytes.Add((byte)text[i]);
                continue;
            }
            switch (++i < text.Length ? text[i] : ' ')
            {
                case 'r': bytes.Add((byte)'\r'); break;
                case 'n': bytes.Add((byte)'\n'); break;
                case '\\': bytes.Add((byte)'\\'); break;
                case 'x' when i + 2 < text.Length:
                    bytes.Add(byte.Parse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                    i += 2;
                    break;
                default: throw new FormatException($"\\{(i < text.Length ? text[i] : "")} stands for nothing.");
            }
        }
        return [.. bytes];
    }
}
