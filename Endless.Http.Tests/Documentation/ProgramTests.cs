using System.Diagnostics;
using System.Net.Sockets;
using Endless.Http.Load;
using Endless.Http.Tests.Analyzers;
using Endless.Http.Tests.Processes;
using Microsoft.CodeAnalysis;
using Mono.Unix.Native;

namespace Endless.Http.Tests.Documentation;

/// <summary>The whole programs of the documents run: they answer, and end on SIGTERM with 0. They say ":8080", in place of which each is given a socket of its own.</summary>
public sealed class ProgramTests
{
    private const string Address = "\":8080\"";

    public static TheoryData<string, int> Places
    {
        get
        {
            var places = new TheoryData<string, int>();
            foreach (var snippet in Snippet.All().Where(IsProgram)) places.Add(snippet.Page, snippet.Line);
            return places;
        }
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task A_program_answers_and_stops(string page, int line)
    {
        var snippet = Snippet.All().Single(other => other.Page == page && other.Line == line);
        using var directory = new TempDirectory();
        foreach (var library in Directory.GetFiles(Path.GetDirectoryName(ProgramFile.Of("Endless.Examples"))!, "*.dll")) File.Copy(library, directory[Path.GetFileName(library)]);
        var socket = directory["socket"];
        CompiledProgram.Of(OutputKind.ConsoleApplication, snippet.Code.Replace(Address, $"\"unix:{socket}\"", StringComparison.Ordinal)).Write(directory["program.dll"]);
        File.WriteAllText(directory["program.runtimeconfig.json"], """{ "runtimeOptions": { "framework": { "name": "Microsoft.NETCore.App", "version": "10.0.0" }, "configProperties": { "System.Globalization.Invariant": true } } }""");
        using var process = Process.Start(new ProcessStartInfo(Tool.Find("dotnet")!, [directory["program.dll"]]) { WorkingDirectory = directory.Path, RedirectStandardError = true, RedirectStandardOutput = true })!;
        try
        {
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEndAsync();
            await Deadline.UntilAsync(() => process.HasExited || Answers(socket), "the program listens");
            Assert.False(process.HasExited, process.HasExited ? await errors : "");
            using var client = new HttpClient(new SocketsHttpHandler { ConnectCallback = async (_, cancellationToken) => new NetworkStream(await ConnectAsync(socket, cancellationToken), ownsSocket: true) });
            using var response = await client.GetAsync("http://localhost/", HttpCompletionOption.ResponseHeadersRead).WaitAsync(Deadline.Default);
            // 502: the backend of a proxy's page is not there.
            Assert.True((int)response.StatusCode is < 500 or 502, $"{(int)response.StatusCode}");
            Syscall.kill(process.Id, Signum.SIGTERM);
            response.Dispose();
            await process.WaitForExitAsync().WaitAsync(Deadline.Default);
            Assert.True(process.ExitCode == 0, $"exit code {process.ExitCode}: {await errors}");
            await output;
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }

    private static bool IsProgram(Snippet snippet) =>
        snippet.Code.Contains("ListenAndServe", StringComparison.Ordinal) && snippet.Code.Contains(Address, StringComparison.Ordinal) && !snippet.Code.Contains("ListenAndServeTLS", StringComparison.Ordinal)
        && CompiledProgram.Of(OutputKind.ConsoleApplication, snippet.Code).Problems().Count == 0; // a fragment lacks what SnippetTests gives it

    private static bool Answers(string path)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static async Task<Socket> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
        return socket;
    }
}
