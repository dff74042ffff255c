using System.Text;

namespace Endless.Http.Systemd;

/// <summary>A message to the service manager: assignments, one a line (sd_notify(3)), never longer than its reader takes.</summary>
internal static class NotifyMessage
{
    /// <summary>Systemd's NOTIFY_BUFFER_MAX. It throws a longer message away whole: a status that is too long would take the READY=1 before it along.</summary>
    internal const int MaxBytes = 4096;

    private const string Status = "STATUS=";
    private const string Cut = "…";

    /// <summary>Assignments and, after them, a status: cut between two characters where there is no room for all of it.</summary>
    internal static string WithStatus(string assignments, string status)
    {
        var message = new StringBuilder(assignments);
        if (assignments.Length > 0) message.Append('\n');
        message.Append(Status);
        var room = MaxBytes - Encoding.UTF8.GetByteCount(message.ToString());
        var text = Line(status);
        if (Encoding.UTF8.GetByteCount(text) <= room) return message.Append(text).ToString();
        room -= Encoding.UTF8.GetByteCount(Cut);
        // By runes: half a surrogate pair would be no UTF-8, and systemd ignores a status that is not.
        foreach (var rune in text.EnumerateRunes())
        {
            if ((room -= rune.Utf8SequenceLength) < 0) break;
            message.Append(rune.ToString());
        }
        return message.Append(Cut).ToString();
    }

    /// <summary>A line feed would begin another assignment, and a message with a NUL is thrown away whole.</summary>
    private static string Line(string text)
    {
        var line = text.ReplaceLineEndings(" ").ToCharArray();
        for (var i = 0; i < line.Length; i++)
            if (char.IsControl(line[i])) line[i] = ' ';
        return new string(line);
    }
}
