using System.Security.Cryptography;
using System.Text;

namespace Endless.Http.AspNetCore.Tests.Peers;

/// <summary>What a client got for a request.</summary>
internal sealed class Answer
{
    public int Status { get; set; }

    public string Reason { get; set; } = "";

    public List<int> Interim { get; } = [];

    public List<(string Name, string Value)> Headers { get; } = [];

    public List<(string Name, string Value)> Trailers { get; } = [];

    public byte[] Body { get; set; } = [];

    /// <summary>How the body's end was told: <c>none</c>, <c>length</c>, <c>chunked</c>, <c>close</c>, <c>stream</c>.</summary>
    public string Framing { get; set; } = "none";

    /// <summary>What was wrong with it: <c>closed</c>, <c>nothing in time</c>, <c>RST_STREAM 8</c>. Null for a whole response.</summary>
    public string? Fault { get; set; }

    public string Text => Encoding.Latin1.GetString(Body);

    public string? Header(string name) => Headers.FirstOrDefault(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>Everything of it that two servers can have in common.</summary>
    public Observation Observe(bool body = true)
    {
        var observation = new Observation();
        if (Interim.Count > 0) observation.Add("interim", string.Join(' ', Interim));
        observation.Add("status", $"{Status} {Reason}".TrimEnd());
        observation.Add("framing", Framing);
        foreach (var (name, value) in Headers.OrderBy(static header => header.Name, StringComparer.OrdinalIgnoreCase))
        {
            if (name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase)) continue;
            observation.Add("header " + name.ToLowerInvariant(), name.Equals("Date", StringComparison.OrdinalIgnoreCase) ? "a date" : value);
        }
        // A client of a stream that is reset may lose what came before.
        if (body && Fault?.StartsWith("reset", StringComparison.Ordinal) != true) observation.Add("body", Body.Length <= 400 ? Text : $"{Body.Length} bytes {Convert.ToHexString(SHA256.HashData(Body))[..16]}");
        foreach (var (name, value) in Trailers) observation.Add("trailer " + name.ToLowerInvariant(), value);
        if (Fault is not null) observation.Add("fault", Fault);
        return observation;
    }
}
