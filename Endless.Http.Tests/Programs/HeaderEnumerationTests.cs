namespace Endless.Http.Tests.Programs;

/// <summary>A filter that changes a header while it goes through it: .NET's collections throw, so that no field is skipped.</summary>
public sealed class HeaderEnumerationTests
{
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
