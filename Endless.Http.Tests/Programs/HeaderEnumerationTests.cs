namespace Endless.Http.Tests.Programs;

/// <summary>A filter that changes a header while it goes through it: .NET's collections throw, so that no field is skipped.</summary>
public sealed class HeaderEnumerationTests
{
    public static TheoryData<string> Changes => [.. Actions.Keys];

    private static readonly Dictionary<string, Action<Header>> Actions = new()
    {
        ["Remove"] = header => header.Remove("A"),
        ["Add"] = header => header.Add("F", "6"),
        ["Set of a new field"] = header => header.Set("F", "6"),
        ["null"] = header => header["A"] = null,
        ["Clear"] = header => header.Clear(),
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void A_header_that_is_changed_while_it_is_enumerated_throws(string change)
    {
        Header header = [];
        foreach (var name in "ABCDE") header.Add($"{name}", "1");
        using var fields = header.GetEnumerator();
        Assert.True(fields.MoveNext());
        Actions[change](header);
        Assert.Throws<InvalidOperationException>(() => fields.MoveNext());

        var list = (IEnumerable<KeyValuePair<string, string>>)header;
        header.Add("G", "7");
        Assert.Throws<InvalidOperationException>(() =>
        {
            foreach (var _ in list) Actions["Add"](header);
        });
    }

    [Theory]
    [InlineData("Length")]
    [InlineData("H2c")]
    public async Task A_filter_of_a_requests_fields_leaks_none(string protocol)
    {
        await using var server = await ProgramFixture.StartAsync(protocol, (w, r) =>
        {
            Assert.Throws<InvalidOperationException>(() =>
            {
                foreach (var field in r.Header) r.Header.Remove(field.Key);
            });
            // The right way: of a list of its own.
            foreach (var field in r.Header.ToList()) r.Header.Remove(field.Key);
            w.Write($"{r.Header.Count()} left");
            return Task.CompletedTask;
        });
        var client = await server.ConnectAsync();
        Assert.Equal("0 left"u8.ToArray(), (await client.AskAsync(server.Visit())).Body);
    }
}
