using System.Globalization;
using Endless.Http;
using Endless.Http.AspNetCore.TestApp;

// Endless.Http.AspNetCore.TestApp SCRIPT: the file SCRIPT holds what this generation does, a word and its arguments a line; see Script.
var script = Script.Read(args[0]);
if (script.Has("library-first")) EndlessProcess.RunAsPid1();
if (script.Has("throw-in-main")) throw new InvalidOperationException("Main was told to throw");
if (script.Has("handlers")) await HandlerApplication.RunAsync(script);
else await WebPages.RunAsync(script);
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"returned, pid {Environment.ProcessId}"));
