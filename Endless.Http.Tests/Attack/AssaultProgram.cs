using System.Globalization;
using System.Net;
using Endless.Http.Load;

namespace Endless.Http.Tests.Attack;

/// <summary>The attacker: <c>attack-assault NAME ADDRESS SECONDS</c> makes the attack of that name, and prints when it begins and how many bytes it has sent.</summary>
internal static class AssaultProgram
{
    /// <summary>The argument that makes this program be that attacker.</summary>
    public const string Mode = "attack-assault";

    /// <summary>What it prints as it begins.</summary>
    public const string Begun = "begun";

    public static async Task<int> RunAsync(string name, string server, string seconds)
    {
        var plan = Attacks.ByName(name);
        using var end = new CancellationTokenSource(Deadline.Default);
        using var assault = new Assault(IPEndPoint.Parse(server), end.Token, () =>
        {
            // Its time runs from its first connection on: before that this program compiles what it is about to do.
            end.CancelAfter(TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture)));
            Console.WriteLine(Begun);
        });
        await plan.PlayAsync(assault);
        await assault.HoldAsync(); // an attack that was turned away lasts as long as the others: there is to be something to measure
        Console.WriteLine(assault.Sent.ToString(CultureInfo.InvariantCulture));
        return 0;
    }
}
