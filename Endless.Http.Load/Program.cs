using System.Globalization;
using Endless.Http.Load;

switch (args)
{
    case [var examples, "demo"]:
        // Clients that think a little leave the machine room for the start-up, whose time is then the server's own; soak is for clients that do not.
        return await RestartRun.RunAsync(examples, 5, new LoadOptions { Think = TimeSpan.FromMilliseconds(1) });
    case [var examples, "soak", var restarts, var connections]:
        return await RestartRun.RunAsync(examples, Number(restarts), new LoadOptions { IdleConnections = Number(connections) });
    default:
        Console.Error.WriteLine("usage: Endless.Http.Load EXAMPLES demo | EXAMPLES soak RESTARTS CONNECTIONS, where EXAMPLES is the path of Endless.Examples");
        return 2;
}

static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
