using Endless.Http.Spawning;

namespace Endless.Http.Tests.Restart;

public class ProgramPathTests
{
    private static string? Find(string argument, string path, params string[] existing) =>
        ProgramPath.Find(argument, "/srv/app/current", path, candidate => existing.Contains(candidate) ? true : null);

    [Theory]
    [InlineData("/opt/app/server", "/opt/app/server")]
    [InlineData("./server", "/srv/app/current/./server")]
    [InlineData("bin/server", "/srv/app/current/bin/server")]
    [InlineData("../next/server", "/srv/app/current/../next/server")]
    public void A_path_is_taken_as_it_was_given(string argument, string expected) =>
        Assert.Equal(expected, Find(argument, "/usr/bin", expected));

    [Fact]
    public void A_bare_name_is_searched_for_in_PATH_in_order() =>
        Assert.Equal("/usr/bin/dotnet", Find("dotnet", "/nowhere:/usr/bin:/bin", "/usr/bin/dotnet", "/bin/dotnet"));

    [Theory]
    [InlineData(":/bin", "/srv/app/current//server")]
    [InlineData("bin:/bin", "/srv/app/current/bin/server")]
    public void A_relative_entry_of_PATH_starts_at_the_initial_directory(string path, string expected) =>
        Assert.Equal(expected, Find("server", path, expected));

    [Theory]
    [InlineData("/opt/app/server")]
    [InlineData("server")]
    [InlineData("")]
    public void A_program_that_is_gone_is_not_found(string argument) => Assert.Null(Find(argument, "/usr/bin"));

    [Fact]
    public void A_file_that_may_not_be_executed_is_found_if_there_is_no_better_one()
    {
        static bool? IsExecutable(string path) => path switch { "/a/server" => false, "/b/server" => true, _ => null };
        Assert.Equal("/b/server", ProgramPath.Find("server", "/", "/a:/b", IsExecutable));
        Assert.Equal("/a/server", ProgramPath.Find("server", "/", "/a:/c", IsExecutable));
    }
}
