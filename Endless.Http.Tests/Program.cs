using System.Globalization;
using Endless.Http.Tests.Attack;
using Endless.Http.Tests.Attack.Targets;
using Endless.Http.Tests.Conformance.Corpora;
using Endless.Http.Tests.Fuzzing;
using Endless.Http.Tests.Interleavings;
using Endless.Http.Tests.Programs;
using Endless.Http.Tests.Simulation;
using Endless.Http.Tests.Torture;

// The program of the tests is those of them that run for as long as they are told; the test host does not call it.
if (args is ["corpora"]) return await CorporaCommand.RunAsync();
if (args is ["explore", ..]) return ExploreCommand.Run(args.AsSpan(1));
if (args is [EndlessProgram.Mode]) return EndlessProgram.Run();
if (args is [KestrelProgram.Mode]) return await KestrelProgram.RunAsync();
if (args is [BystanderProgram.Mode, var server]) return BystanderProgram.Run(server);
if (args is [AssaultProgram.Mode, var plan, var target, var duration]) return await AssaultProgram.RunAsync(plan, target, duration);
if (args is ["attack", ..]) return await AttackCommand.RunAsync(args.AsMemory(1));
if (args is ["simulate", ..]) return SimulateCommand.Run(args.AsSpan(1));
if (args is ["fuzz", ..]) return await FuzzCommand.RunAsync(args[1..]);
if (args is ["torture", .. { Length: <= 3 } numbers] && Array.TrueForAll(numbers, number => int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
    return await TortureCommand.RunAsync(Number(numbers, 0) ?? 60, Number(numbers, 1) ?? Environment.TickCount & 0xffffff, Number(numbers, 2));
if (args is not ["storm", var time, ..] || !int.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
{
    Console.Error.WriteLine("usage: Endless.Http.Tests storm|explore|simulate SECONDS [SEED [PROGRAM...]] | torture [SECONDS [SEED [STORY]]] | attack [SECONDS [WORD...]] | corpora");
    return 2;
}
var seed = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : Environment.TickCount & 0xffffff;
return await StormCommand.RunAsync(seconds, seed, args[Math.Min(3, args.Length)..]);

static int? Number(string[] numbers, int index) => numbers.Length > index ? int.Parse(numbers[index], CultureInfo.InvariantCulture) : null;
