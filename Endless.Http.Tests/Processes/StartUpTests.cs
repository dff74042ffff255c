using System.Text;
using Endless.Http.Load;

namespace Endless.Http.Tests.Processes;

/// <summary>What a process loads before it has answered for the first time, and that what it leaves out is there once somebody wants it.</summary>
public class StartUpTests
{
    [Theory]
    [InlineData("127.0.0.1:0")]
    [InlineData("unix:")]
    public async Task A_first_answer_takes_no_assembly_that_only_others_need(string address)
    {
        using var directory = new TempDirectory();
        await using var server = await ServerProcess.StartAsync(ExampleProcess.Program, ["hello", address == "unix:" ? $"{address}{directory["s"]}" : address]);
        using var client = await ClientConnection.ConnectAsync(server.EndPoint, Deadline.Default);
        await client.RequestAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
        var mapped = await File.ReadAllTextAsync($"/proc/{server.Pid}/maps");
        Assert.Contains("Endless.Http.dll", mapped);
        // A quarter to half a megabyte each: for who listens to meters and activities, for who sets signal hooks, and for what is written in a hurry.
        Assert.DoesNotContain("System.Diagnostics.DiagnosticSource.dll", mapped);
        Assert.DoesNotContain("Mono.Posix.NETStandard.dll", mapped);
        Assert.DoesNotContain("System.Linq.dll", mapped);
        Assert.DoesNotContain("System.Collections.Concurrent.dll", mapped);
    }

    /// <summary>As dotnet-counters does it, but for the pipe: by an event session of the runtime's, in a program that uses no meter itself.</summary>
    [Fact]
    public async Task Who_listens_from_outside_hears_the_meter()
    {
        using var directory = new TempDirectory();
        var trace = directory["hello.nettrace"];
        await using (var server = ServerProcess.Start(ExampleProcess.Program, ["hello", "127.0.0.1:0"], new Dictionary<string, string?>
        {
            ["DOTNET_EnableEventPipe"] = "1",
            ["DOTNET_EventPipeOutputPath"] = trace,
            ["DOTNET_EventPipeConfig"] = "System.Diagnostics.Metrics:0x3:5:SessionId=1;Metrics=Endless.Http;RefreshInterval=0.1;MaxTimeSeries=100;MaxHistograms=10",
        }))
        {
            await server.ListeningAsync();
            using var client = new HttpClient();
            await Deadline.UntilAsync(async () =>
            {
                await client.GetStringAsync(server.Url);
                return Hears(trace, "http.server.request.duration") && Hears(trace, "endless.connections.accepted");
            }, "its metrics are in the trace");
        }
    }

    private static bool Hears(string trace, string instrument)
    {
        if (!File.Exists(trace)) return false;
        using var file = new FileStream(trace, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var bytes = new MemoryStream();
        file.CopyTo(bytes);
        return bytes.GetBuffer().AsSpan(0, (int)bytes.Length).IndexOf(Encoding.Unicode.GetBytes(instrument)) >= 0;
    }
}
