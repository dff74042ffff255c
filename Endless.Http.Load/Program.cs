using System.Globalization;
using Endless.Http.Load;

switch (args)
{
    case [var examples, "demo"]:
        return await RestartRun.RunAsync(examples, 5, new LoadOptions());
    case [var examples, "soak", var restarts, var connections]:
        return await RestartRun.RunAsync(examples, Number(restarts), new LoadOptions { IdleConnections = Number(connections) });
    default:
        Console.Error.WriteLine("usage: Endless.Http.Load EXAMPLES demo | EXAMPLES soak RESTARTS CONNECTIONS, where EXAMPLES is the path of Endless.Examples");
        return 2;
}

static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
