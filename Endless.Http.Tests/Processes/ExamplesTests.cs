namespace Endless.Http.Tests.Processes;

public class ExamplesTests
{
    [Fact]
    public async Task Without_a_name_the_program_lists_the_examples()
    {
        var (code, output) = await Tool.TryRunAsync(ExampleProcess.Program);
        Assert.Equal(2, code);
        foreach (var example in (string[])["hello", "hooks", "multiport", "timeouts", "pidfile", "testserver"])
            Assert.Contains($"  {example} ", output);
    }

    [Theory]
    [InlineData("--addr")]
    [InlineData("--no-such-option", "1")]
    [InlineData("--hammer", "soon")]
    public async Task A_wrong_option_is_one_clear_line(params string[] options)
    {
        var (code, output) = await Tool.TryRunAsync(ExampleProcess.Program, ["testserver", .. options]);
        Assert.Equal(1, code);
        Assert.Contains(options[0], output);
        Assert.Single(output.TrimEnd().Split('\n'));
    }
}
