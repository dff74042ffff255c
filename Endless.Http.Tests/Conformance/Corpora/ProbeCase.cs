using System.Text;

namespace Endless.Http.Tests.Conformance.Corpora;

/// <summary>
/// A case of Http11Probe (github.com/MDA2AV/Http11Probe, as of 95bc6a9) in facts: what it sends, what it expects, and what this server answers. Its POST to <c>/</c> goes to <c>/echo</c> here,
/// and its <c>/echo</c> and <c>/cookie</c> are <c>/headers</c>; of its sequences the second request comes behind every case.
/// </summary>
/// <param name="id">As there.</param>
/// <param name="rule">RFC and section that it is about.</param>
/// <param name="bytes">What is sent, in ISO 8859-1.</param>
/// <param name="expected">What the corpus makes of an answer.</param>
/// <param name="given">The answer of this server, as of <see cref="ProbedServer.AnswersAsync"/>.</param>
/// <param name="isCut">The message is not complete, and so nothing comes behind it.</param>
/// <param name="why">Why this server's answer stands although the corpus warns of it or takes it for wrong.</param>
internal sealed class ProbeCase(string id, string rule, string bytes, Expectation expected, string given, bool isCut = false, string why = "")
{
    /// <summary>The beginnings of most.</summary>
    public const string Get = "GET / HTTP/1.1\r\nHost: a\r\n";

    public const string Post = "POST /echo HTTP/1.1\r\nHost: a\r\n";
    public const string Chunked = Post + "Transfer-Encoding: chunked\r\n\r\n";
    public const string Fields = "GET /headers HTTP/1.1\r\nHost: a\r\n";
    public const string PostFields = "POST /headers HTTP/1.1\r\nHost: a\r\n";

    /// <summary>What follows a target.</summary>
    public const string Rest = " HTTP/1.1\r\nHost: a\r\n\r\n";

    public static IReadOnlyList<ProbeCase> All { get; } = [.. MessageProbes.All, .. FramingProbes.All, .. DesyncProbes.All, .. HostileProbes.All, .. FieldProbes.All];

    public string Id => id;

    public string Rule => rule;

    public string Bytes => bytes;

    public Expectation Expected => expected;

    public string Given => given;

    public bool IsCut => isCut;

    public string Why => why;

    public static string Long(char c, int count) => new(c, count);

    /// <summary>Bytes by chance, always the same.</summary>
    public static string Garbage()
    {
        var bytes = new byte[256];
        new Random(42).NextBytes(bytes);
        return Encoding.Latin1.GetString(bytes);
    }
}
