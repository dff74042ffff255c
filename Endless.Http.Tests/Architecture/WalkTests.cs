using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Endless.Http.Tests.Architecture;

/// <summary>Follows the two walks of docs/architecture.md, a request's and a restart's, in the compiled code: who is named is where it is said to be, and is called by whom it is said to be.</summary>
public sealed partial class WalkTests
{
    private const int MostRooms = 5;

    private static readonly Dictionary<string, Type> Types = typeof(EndlessServer).Assembly.GetTypes()
        .Where(type => type.DeclaringType is null && FloorsTests.RoomOf(type) is not null).GroupBy(type => type.Name).ToDictionary(group => group.Key, group => group.First());

    [Theory]
    [InlineData("walk of a request")]
    [InlineData("walk of a restart")]
    public void Each_step_is_where_the_picture_says(string walk)
    {
        foreach (var step in Steps(walk))
        {
            Assert.True(Types.TryGetValue(step.Type, out var type), $"there is no {step.Type}");
            Assert.Equal(step.Room, FloorsTests.RoomOf(type));
            Assert.True(type.GetMember(step.Member, MemberTypes.All, BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static).Length > 0, $"{step.Type} has no {step.Member}");
        }
    }

    [Theory]
    [InlineData("walk of a request")]
    [InlineData("walk of a restart")]
    public void Each_step_is_called_by_the_one_the_picture_says(string walk)
    {
        var steps = Steps(walk);
        foreach (var step in steps.Where(step => step.By > 0))
        {
            var caller = Types[steps[step.By - 1].Type];
            // As a reader follows a call: of the type itself, or of what it implements or derives from. Parts that a type makes for itself are its own.
            var uses = Parts(caller).SelectMany(TypeUses.Of).Append(caller).ToHashSet();
            Assert.True(Roles(Types[step.Type]).Any(uses.Contains) || ThroughOneMore(uses, Types[step.Type]), $"{caller.Name} calls no {step.Type}");
        }
    }

    [Theory]
    [InlineData("walk of a request")]
    [InlineData("walk of a restart")]
    public void A_walk_is_read_in_five_rooms(string walk)
    {
        var steps = Steps(walk);
        Assert.Equal(Enumerable.Range(1, steps.Count), steps.Select(step => step.Number));
        Assert.InRange(steps.Where(step => !step.IsPassed).Select(step => step.Room).Distinct().Count(), 1, MostRooms);
    }

    // A composition: what its parts use counts as its own (Generation is GenerationContext, GenerationServers, ...), when they are of its room.
    private static bool ThroughOneMore(HashSet<Type> uses, Type called) =>
        uses.Where(part => FloorsTests.RoomOf(part) == "Generations").SelectMany(TypeUses.Of).Any(used => Roles(called).Contains(used));

    private static IEnumerable<Type> Parts(Type type) => typeof(EndlessServer).Assembly.GetTypes().Where(part => TypeUses.Outermost(part) == type);

    private static HashSet<Type> Roles(Type type) =>
        [.. Parts(type).SelectMany(part => part.GetInterfaces().Concat(BasesOf(part)).Append(part)).Select(role => role.IsGenericType ? role.GetGenericTypeDefinition() : role)];

    private static IEnumerable<Type> BasesOf(Type type)
    {
        for (var parent = type.BaseType; parent is not null && parent.Assembly == type.Assembly; parent = parent.BaseType) yield return parent;
    }

    private static List<Step> Steps(string walk)
    {
        var text = File.ReadAllText(Path.GetFullPath("../../docs/architecture.md", Path.GetDirectoryName(ThisFile())!));
        var picture = Regex.Match(text, $@"^```text {walk}\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline).Groups[1].Value;
        var steps = Line().Matches(picture).Select(line => new Step(
            int.Parse(line.Groups["no"].Value), line.Groups["room"].Value, line.Groups["passed"].Success, line.Groups["type"].Value, line.Groups["member"].Value,
            line.Groups["by"].Value == "-" ? 0 : int.Parse(line.Groups["by"].Value))).ToList();
        Assert.NotEmpty(steps);
        return steps;
    }

    private static string ThisFile([CallerFilePath] string file = "") => file;

    [GeneratedRegex(@"^ ?(?<no>\d+)  (?<room>\w+) +(?<passed>· )?(?<type>\w+)\.(?<member>\w+) +(?<by>\d+|-)  ", RegexOptions.Multiline)]
    private static partial Regex Line();

    private sealed record Step(int Number, string Room, bool IsPassed, string Type, string Member, int By);
}
