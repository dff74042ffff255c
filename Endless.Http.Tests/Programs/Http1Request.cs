using System.Globalization;
using System.Text;

namespace Endless.Http.Tests.Programs;

/// <summary>Writes requests of HTTP/1.1.</summary>
internal static class Http1Request
{
    /// <summary>Appends a request, its body by length or in chunks of seeded sizes.</summary>
    public static void Write(MemoryStream bytes, Visit visit, Random random)
    {
        var isChunked = visit.Protocol switch { StormProtocol.Chunked => true, StormProtocol.Tls => random.Next(2) == 0, _ => false } && !visit.Program.Hijacks && visit.Sent.Length > 0;
        var framing = isChunked ? "Transfer-Encoding: chunked\r\n" : visit.Sent.Length > 0 ? $"Content-Length: {visit.Sent.Length}\r\n" : "";
        Text($"{visit.Method} {visit.Target} HTTP/1.1\r\nHost: localhost\r\nX-Id: {visit.Id}\r\nCookie: id={visit.Id}\r\n{framing}\r\n");
        if (!isChunked)
        {
            bytes.Write(visit.Sent);
            return;
        }
        var largest = random.Next(4) switch { 0 => 1 + visit.Sent.Length / 100, 1 => 100 + visit.Sent.Length / 100, 2 => 20_000, _ => 300_000 };
        for (int at = 0, count; at < visit.Sent.Length; at += count)
        {
            count = Math.Min(visit.Sent.Length - at, 1 + random.Next(largest));
            Text(count.ToString(random.Next(2) == 0 ? "x" : "X4", CultureInfo.InvariantCulture) + (random.Next(10) == 0 ? ";name=value\r\n" : "\r\n"));
            bytes.Write(visit.Sent.AsSpan(at, count));
            Text("\r\n");
        }
        Text(random.Next(2) == 0 ? $"0\r\nX-Sent: {visit.Id}\r\n\r\n" : "0\r\n\r\n");

        void Text(string text) => bytes.Write(Encoding.ASCII.GetBytes(text));
    }
}
