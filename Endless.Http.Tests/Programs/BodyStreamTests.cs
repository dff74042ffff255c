using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Endless.Http.Tests.Programs;

/// <summary>A body that comes in many pieces, read as a stream.</summary>
public sealed class BodyStreamTests
{
    private const int Length = 300_000;

    [Theory]
    [InlineData("Length")]
    [InlineData("Chunked")]
    [InlineData("Tls")]
    [InlineData("H2c")]
    [InlineData("H2")]
    public async Task CopyToAsync_gives_every_byte_of_a_body(string protocol)
    {
        await using var server = await ProgramFixture.StartAsync(protocol, async (w, r) =>
        {
            var copy = new MemoryStream();
            await r.BodyStream.CopyToAsync(copy);
            await w.WriteAsync(copy.ToArray());
        });
        var client = await server.ConnectAsync();
        for (var i = 0; i < 5; i++)
        {
            var visit = server.Visit(Length);
            var answer = await client.AskAsync(visit);
            Assert.Equal(200, answer.Status);
            Assert.Null(Tagged.Difference(visit.Sent, answer.Body));
        }
    }

    [Theory]
    [InlineData("Chunked", false)]
    [InlineData("Chunked", true)]
    [InlineData("H2c", false)]
    [InlineData("H2c", true)]
    public async Task A_read_returns_no_more_than_its_buffer_holds(string protocol, bool isSync)
    {
        var counts = new ConcurrentQueue<int>();
        await using var server = await ProgramFixture.StartAsync(protocol, async (w, r) =>
        {
            var copy = new MemoryStream();
            var buffer = new byte[4096];
            while ((isSync ? r.BodyStream.Read(buffer) : await r.BodyStream.ReadAsync(buffer)) is > 0 and var count)
            {
                counts.Enqueue(count);
                copy.Write(buffer.AsSpan(0, Math.Min(count, buffer.Length)));
                if (counts.Count == 1) await Task.Yield(); // more comes meanwhile, in many pieces
            }
            await w.WriteAsync(copy.ToArray());
        }, s => s.MinRequestBodyRate = 0); // else its clock would end a stall, after 5 s
        var client = await server.ConnectAsync();
        for (var i = 0; i < 5; i++)
        {
            var visit = server.Visit(Length);
            var answer = await client.AskAsync(visit);
            Assert.Equal((AnswerEnd.Whole, ""), (answer.End, answer.Detail));
            Assert.InRange(counts.Max(), 1, 4096);
            Assert.Null(Tagged.Difference(visit.Sent, answer.Body));
        }
    }

    /// <summary>Over HTTP/2 the client's window is used up then: it must grow, or nobody moves.</summary>
    [Theory]
    [InlineData("Length")]
    [InlineData("Chunked")]
    [InlineData("H2c")]
    public async Task A_body_can_be_examined_to_its_end_before_any_of_it_is_consumed(string protocol)
    {
        await using var server = await ProgramFixture.StartAsync(protocol, async (w, r) =>
        {
            var result = await r.Body.ReadAtLeastAsync(Length);
            await w.WriteAsync(result.Buffer.Length.ToString(CultureInfo.InvariantCulture));
            r.Body.AdvanceTo(result.Buffer.End);
        });
        var client = await server.ConnectAsync();
        var answer = await client.AskAsync(server.Visit(Length));
        Assert.Equal($"{Length}", Encoding.ASCII.GetString(answer.Body));
    }
}
