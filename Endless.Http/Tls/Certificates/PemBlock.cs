using System.Security.Cryptography;
using System.Text;

namespace Endless.Http.Tls;

/// <summary>One block of a PEM file (RFC 7468), as people have them: with words around it, and saved by whatever editor.</summary>
/// <param name="Label">What stands behind BEGIN.</param>
/// <param name="Text">The whole block, from the first dash to the last.</param>
/// <param name="Data">What it holds.</param>
internal sealed record PemBlock(string Label, string Text, byte[] Data)
{
    /// <summary>U+FEFF, which editors put before the first character, and which is in the middle of a file once two were put together.</summary>
    private const string ByteOrderMark = "\uFEFF";

    /// <summary>The text of a file, in UTF-8 or, where its first bytes say so, UTF-16.</summary>
    public static string Decode(byte[] content)
    {
        using var reader = new StreamReader(new MemoryStream(content), Encoding.UTF8, detectEncodingFromByteOrderMarks: true);
        return reader.ReadToEnd()
            .Replace(ByteOrderMark, "", StringComparison.Ordinal)
            // Two files put together, of which the first did not end with a newline.
            .Replace("----------BEGIN ", "-----\n-----BEGIN ", StringComparison.Ordinal);
    }

    /// <summary>The blocks of a text, in their order. What is no block, or one with a header of OpenSSL's old encryption, is passed over.</summary>
    public static List<PemBlock> FindIn(string text)
    {
        var blocks = new List<PemBlock>();
        var rest = text.AsSpan();
        while (PemEncoding.TryFind(rest, out var fields))
        {
            blocks.Add(new(rest[fields.Label].ToString(), rest[fields.Location].ToString(), Convert.FromBase64String(rest[fields.Base64Data].ToString())));
            rest = rest[fields.Location.End..];
        }
        return blocks;
    }
}
