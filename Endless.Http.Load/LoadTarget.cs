using System.Globalization;

namespace Endless.Http.Load;

/// <summary>A program that can be put under load: <c>testserver</c> of Endless.Examples, or the example with ASP.NET Core.</summary>
/// <param name="program">The path of its executable.</param>
/// <param name="files">A certificate for it, in a directory where it may write.</param>
internal sealed class LoadTarget(string program, SelfSignedFiles files)
{
    private readonly bool _isAspNetCore = Path.GetFileName(program) == "Endless.Examples.AspNetCore";

    /// <summary>Starts it and waits until it listens.</summary>
    public Task<ServerProcess> StartAsync(bool tls, int? probation) => ServerProcess.StartAsync(program, _isAspNetCore ? Settings(tls, probation) : Options(tls, probation));

    /// <summary>The load, for what it answers.</summary>
    public LoadOptions Fit(LoadOptions options) => _isAspNetCore ? options with { Answer = File.ReadAllBytes(Path.Combine(Path.GetDirectoryName(program)!, "wwwroot", "index.html")) } : options;

    private string[] Options(bool tls, int? probation) =>
        ["testserver", "--addr", "127.0.0.1:0", .. tls ? (string[])["--tls", .. files.Names] : [], .. probation is { } milliseconds ? (string[])["--probation", $"{milliseconds}"] : []];

    private string[] Settings(bool tls, int? probation) =>
    [
        $"--ConnectionStrings:Todos=Data Source={Path.Combine(files.Directory, "todos.db")}", "--Logging:LogLevel:Microsoft.Hosting=Warning",
        $"--Endless:Endpoints:Load:Url={(tls ? "https" : "http")}://127.0.0.1:0",
        .. tls ? (string[])[$"--Endless:Endpoints:Load:Certificate:Path={files.Names[0]}", $"--Endless:Endpoints:Load:Certificate:KeyPath={files.Names[1]}"] : [],
        .. probation is { } milliseconds ? (string[])[$"--Endless:Restart:Probation={TimeSpan.FromMilliseconds(milliseconds).ToString("c", CultureInfo.InvariantCulture)}"] : [],
    ];
}
