using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Bogus;

namespace Endless.Http.Tests.Http1;

/// <summary>Pipelines of requests with bytes changed at random: whatever they are, the engine reads them the same however they are cut, ends, and logs nothing.</summary>
public sealed partial class MutationTests
{
    private const int Seed = 19_991_231;

    private static readonly AsyncHandlerFunc Echo = async (w, r) =>
    {
        var body = await r.ReadBodyAsync();
        w.Write(string.Create(CultureInfo.InvariantCulture, $"{r.Method} {r.Target} {r.Host} {r.Header.Count} {r.Trailers.Count} {body.Length}:"));
        w.Write(body);
    };

    [Fact]
    public async Task What_is_accepted_reads_the_same_however_it_is_cut()
    {
        var corpus = new RequestCorpus(Seed);
        var random = new Randomizer(Seed);
        for (var i = 0; i < 1_500; i++)
        {
            var bytes = Mutate(random, Encoding.Latin1.GetBytes(corpus.Request() + corpus.Request() + corpus.Request()));
            var whole = await AnswersAsync([bytes]);
            var parts = await AnswersAsync(Cut(random, bytes));
            Assert.True(whole == parts, $"seed {Seed}, pipeline {i}: {Convert.ToBase64String(bytes)}\nwhole: {whole}\nin parts: {parts}");
        }
    }

    private static async Task<string> AnswersAsync(IEnumerable<byte[]> parts)
    {
        await using var server = new Http1Fixture(Handler.From(Echo), pauseWriterThreshold: long.MaxValue);
        foreach (var part in parts) await server.SendAsync(part);
        server.Connection.CloseByClient();
        await server.OutcomeAsync();
        server.AssertQuietLog();
        return Date().Replace(Encoding.Latin1.GetString(await server.Client.ReadToEndAsync()), "");
    }

    private static byte[] Mutate(Randomizer random, byte[] bytes)
    {
        byte[] odd = [0, 9, 10, 11, 13, 32, 34, 35, 44, 48, 58, 59, 61, 92, 127, 128, 255];
        for (var n = random.Int(0, 4); n > 0; n--)
        {
            var at = random.Int(0, bytes.Length - 1);
            bytes = random.Int(0, 3) switch
            {
                0 => [.. bytes[..at], .. bytes[(at + 1)..]],
                1 => [.. bytes[..at], random.ArrayElement(odd), .. bytes[at..]],
                2 => [.. bytes[..at], random.ArrayElement(odd), .. bytes[(at + 1)..]],
                _ => [.. bytes[..at], .. bytes[random.Int(0, at)..at], .. bytes[at..]],
            };
            if (bytes.Length == 0) return bytes;
        }
        return bytes;
    }

    private static IEnumerable<byte[]> Cut(Randomizer random, byte[] bytes)
    {
        var longest = random.ArrayElement([1, 3, 20, 200]);
        for (var at = 0; at < bytes.Length;)
        {
            var length = Math.Min(random.Int(1, longest), bytes.Length - at);
            yield return bytes[at..(at + length)];
            at += length;
        }
    }

    [GeneratedRegex("Date: [^\r]*\r\n")]
    private static partial Regex Date();
}
