using Endless.Http.AspNetCore.LiveApp;

var app = LiveApplication.Build(args);
app.Lifetime.ApplicationStarted.Register(() =>
{
    foreach (var url in app.Urls) Console.WriteLine($"Listening on {new Uri(url).Authority}, pid {Environment.ProcessId}");
});
app.Run();
