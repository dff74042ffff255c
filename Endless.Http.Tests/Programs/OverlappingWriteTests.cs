namespace Endless.Http.Tests.Programs;

/// <summary>Writes that nobody awaits, and writes beside each other.</summary>
public sealed class OverlappingWriteTests
{
    private const int Large = 4 << 20;

    [Theory]
    [InlineData("Length")]
    [InlineData("Tls")]
    [InlineData("H2c")]
    [InlineData("H2")]
    public async Task A_write_that_nobody_awaits_is_finished_before_its_answer_ends(string protocol)
    {
        await using var server = await ProgramFixture.StartAsync(protocol, (w, r) =>
        {
            _ = w.WriteAsync(Tagged.Make(Id(r), Tagged.Answer, Large));
            return Task.CompletedTask;
        });
        var client = await server.ConnectAsync();
        for (var i = 0; i < 3; i++)
        {
            var visit = server.Visit();
            var answer = await client.AskAsync(visit);
            Assert.Equal((AnswerEnd.Whole, ""), (answer.End, answer.Detail));
            Assert.Null(Tagged.Difference(Tagged.Make(visit.Id, Tagged.Answer, Large), answer.Body));
        }
    }

    [Theory]
    [InlineData("Length", false)]
    [InlineData("Length", true)]
    [InlineData("Tls", true)]
    [InlineData("H2c", false)]
    [InlineData("H2c", true)]
    public async Task Overlapping_writes_break_their_own_answer_visibly_or_not_at_all(string protocol, bool isAwaited)
    {
        Exception? refused = null;
        await using var server = await ProgramFixture.StartAsync(protocol, async (w, r) =>
        {
            if (r.Method == "POST")
            {
                w.Write("another's");
                return;
            }
            var first = w.WriteAsync(Tagged.Make(Id(r), 'A', Large));
            var second = Record.ExceptionAsync(() => w.WriteAsync(Tagged.Make(Id(r), 'B', Large)));
            if (!isAwaited) return;
            await first;
            refused = await second;
        });
        var client = await server.ConnectAsync();
        var visit = server.Visit();
        var answer = await client.AskAsync(visit);
        byte[] both = [.. Tagged.Make(visit.Id, 'A', Large), .. Tagged.Make(visit.Id, 'B', Large)];
        Assert.NotEqual((AnswerEnd.Malformed, answer.Detail), (answer.End, answer.Detail));
        Assert.Null(Tagged.Difference(both, answer.Body, isPrefix: answer.End == AnswerEnd.Cut));
        if (answer.End == AnswerEnd.Cut)
        {
            await server.AssertLoggedAsync(visit);
            if (isAwaited) await ProgramFixture.AssertRefusedAsync(visit, Task.FromException(refused!));
        }
        var other = await server.ConnectAsync();
        Assert.Equal("another's"u8.ToArray(), (await other.AskAsync(server.Visit(1))).Body);
    }

    private static long Id(Request r) => long.Parse(r.PathValue("id"), System.Globalization.CultureInfo.InvariantCulture);
}
