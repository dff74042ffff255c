using System.Globalization;
using Endless.Http.RestartApp;

// Endless.Http.RestartApp SCRIPT [ARGS]: the file SCRIPT holds a command a line, see Script; the arguments behind it are only printed.
var script = new Script(args[1..]);
foreach (var line in File.ReadAllLines(args[0]))
{
    var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
    if (words.Length > 0) script.Run(words[0], words[1..]);
}
script.Serve();
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"returned, pid {Environment.ProcessId}"));
