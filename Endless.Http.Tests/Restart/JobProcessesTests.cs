using Endless.Http.Spawning;
using Endless.Http.Tests.Processes;

namespace Endless.Http.Tests.Restart;

/// <summary>Which processes of a terminal's job are generations, from what proc(5) says of them at moments that no test could meet in a real one.</summary>
public sealed class JobProcessesTests : IDisposable
{
    private const int First = 100;
    private const int Group = 100;
    private const int Exiting = 4; // PF_EXITING

    private readonly TempDirectory _proc = new();

    public JobProcessesTests() => Add(First, parent: 1);

    [Fact]
    public void Generations_are_the_groups_programs_with_its_arguments_that_continue_another()
    {
        Add(102, startTime: 7);
        Add(101, startTime: 9);
        Add(103, environment: "HOME=/\0");
        Add(104, arguments: "other\0");
        Add(105, group: 999);
        Assert.Equal([(102, 7L), (101, 9L)], Processes().Generations());
        Assert.Empty(Processes().Ending());
    }

    /// <summary>Of a killed process the memory, and its environment with it, goes first; the next generation's parent then took it for gone, and told the shell 0.</summary>
    [Theory]
    [InlineData('R', Exiting)]
    [InlineData('D', Exiting)]
    [InlineData('Z', Exiting)]
    [InlineData('X', Exiting)]
    public void One_that_is_about_to_end_is_not_overlooked(char state, int flags)
    {
        Add(101, state: state, flags: flags, environment: "", arguments: "");
        Assert.Empty(Processes().Generations());
        Assert.Equal([(101, 5L)], Processes().Ending());
    }

    [Fact]
    public void What_ends_is_taken_only_as_a_child_of_this_process_with_its_name()
    {
        Add(101, parent: 1, state: 'Z', environment: "", arguments: "");
        Add(102, name: "sh", state: 'Z', environment: "", arguments: "");
        Add(103, state: 'S', environment: "", arguments: "");
        Assert.Empty(Processes().Ending());
    }

    public void Dispose() => _proc.Dispose();

    private JobProcesses Processes() => new(_proc.Path, First);

    private void Add(
        int id, int parent = First, int group = Group, string name = "a (b) c", char state = 'S', int flags = 0, int startTime = 5,
        string environment = "A=1\0ENDLESS_CONTINUE=1\0", string arguments = "app\0serve\0")
    {
        var directory = Directory.CreateDirectory(_proc[$"{id}"]).FullName;
        File.WriteAllText(Path.Combine(directory, "stat"), $"{id} ({name}) {state} {parent} {group} {group} 34816 {group} {flags} 0 0 0 0 0 0 0 0 20 0 1 0 {startTime} 0 0\n");
        File.WriteAllText(Path.Combine(directory, "environ"), environment);
        File.WriteAllText(Path.Combine(directory, "cmdline"), arguments);
    }
}
