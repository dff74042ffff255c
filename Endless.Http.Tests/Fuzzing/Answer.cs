using System.Globalization;

namespace Endless.Http.Tests.Fuzzing;

/// <summary>One of the answers on a connection of HTTP/1, and what must hold of how they follow each other.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Reading">What <c>X-Reading</c> says; empty where it is not there.</param>
/// <param name="Closes">It says that the connection closes.</param>
internal readonly record struct Answer(int Status, string Reading, bool Closes)
{
    private static readonly byte[] ReadingField = "X-Reading: "u8.ToArray();

    /// <summary>Takes the answers to a handler that reads apart. What is wrong, null for nothing: behind a refusal and behind a close comes nothing, and a refusal says that it closes.</summary>
    public static string? TryRead(ReadOnlySpan<byte> answers, List<Answer> into)
    {
        into.Clear();
        while (!answers.IsEmpty)
        {
            if (into is [.., { Closes: true }]) return "Something is answered behind the end of the connection.";
            if (TryTake(ref answers, out var length) is not { } answer) return "This is no response: " + Coverage.InputText.Encode(answers);
            into.Add(answer);
            if (answer.Status < 400) continue;
            if (!answer.Closes) return "A refusal without a close.";
            // What a HEAD gets has a length and no body; a refusal is the last thing sent, so its body is all that may follow.
            if (!answers.IsEmpty && answers.Length != length) return "Something is answered behind a refusal.";
            return null;
        }
        return null;
    }

    /// <summary>Takes one head. Null if there is none.</summary>
    public static Answer? TryTake(ref ReadOnlySpan<byte> answers, out int length)
    {
        length = 0;
        var end = answers.IndexOf("\r\n\r\n"u8);
        if (end < 0 || !answers.StartsWith("HTTP/1.1 "u8) || !int.TryParse(answers.Slice(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status)) return null;
        var head = answers[..(end + 2)];
        answers = answers[(end + 4)..];
        length = Length(head);
        return new Answer(status, ReadingOf(head), status != 100 && head.IndexOf("Connection: close\r\n"u8) >= 0);
    }

    private static string ReadingOf(ReadOnlySpan<byte> head)
    {
        var at = head.IndexOf(ReadingField);
        return at < 0 ? "" : System.Text.Encoding.ASCII.GetString(head.Slice(at + ReadingField.Length, 16));
    }

    private static int Length(ReadOnlySpan<byte> head)
    {
        var at = head.IndexOf("Content-Length: "u8);
        if (at < 0) return 0;
        var value = head[(at + 16)..];
        return int.Parse(value[..value.IndexOf((byte)'\r')], NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
