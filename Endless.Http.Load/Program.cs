using System.Globalization;
using Endless.Http.Load;

switch (args)
{
    case [var examples, "demo", .. var rest] when rest.Length <= 1 && Load(rest) is { } load:
        // Clients that think a little leave the machine room for the start-up, whose time is then the server's own; soak is for clients that do not.
        return await RestartRun.RunAsync(examples, 5, load with { Think = TimeSpan.FromMilliseconds(1) });
    case [var examples, "soak", var restarts, var connections, .. var rest, var probation] when int.TryParse(probation, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && Load(rest) is { } load:
        return await RestartRun.RunAsync(examples, Number(restarts), load with { IdleConnections = Number(connections) }, milliseconds);
    case [var examples, "soak", var restarts, var connections, .. var rest] when Load(rest) is { } load:
        return await RestartRun.RunAsync(examples, Number(restarts), load with { IdleConnections = Number(connections) });
    default:
        Console.Error.WriteLine("usage: Endless.Http.Load EXAMPLES demo [tls|h2c|h2] | EXAMPLES soak RESTARTS CONNECTIONS [tls|h2c|h2] [PROBATION], where EXAMPLES is the path of Endless.Examples or of Endless.Examples.AspNetCore");
        return 2;
}

// A handshake costs a client and a server on one machine a millisecond each, so that one each millisecond would be all the load there is.
static LoadOptions? Load(string[] protocol) => protocol switch
{
    [] => new LoadOptions(),
    ["tls"] => new LoadOptions { Protocol = LoadProtocol.Tls, FreshEvery = TimeSpan.FromMilliseconds(20) },
    ["h2c"] => new LoadOptions { Protocol = LoadProtocol.H2c },
    ["h2"] => new LoadOptions { Protocol = LoadProtocol.H2 },
    _ => null,
};

static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
