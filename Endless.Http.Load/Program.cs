using System.Globalization;
using Endless.Http.Load;

switch (args)
{
    case ["demo", var examples]:
        return await RestartRun.RunAsync(examples, 5, new LoadOptions());
    case ["soak", var examples, var restarts, var connections]:
        return await RestartRun.RunAsync(examples, Number(restarts), new LoadOptions { IdleConnections = Number(connections) });
    default:
        Console.Error.WriteLine("usage: Endless.Http.Load demo EXAMPLES | soak EXAMPLES RESTARTS CONNECTIONS, where EXAMPLES is the path of Endless.Examples");
        return 2;
}

static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
