using System.Diagnostics;
using System.Globalization;
using System.Text;
using Mono.Unix.Native;

namespace Endless.Http.RestartApp;

/// <summary>The commands of a script. Those about a server are about the one that <c>serve</c> made last.</summary>
internal sealed class Script(string[] arguments)
{
    private readonly List<EndlessServer> _servers = [];
    private readonly Dictionary<EndlessServer, string[]> _certificates = [];
    private readonly EchoSockets _sockets = new();
    private readonly Visits _visits = new();
    private bool _reverse;

    private EndlessServer Last => _servers[^1];

    private static int Pid => Environment.ProcessId;

    public void Run(string command, string[] words)
    {
        switch (command)
        {
            case "serve": // ADDR [WORD]: the word begins what it answers
                var word = words.Length > 1 ? words[1] + " " : "";
                _servers.Add(EndlessServer.NewServer(words[0], (w, r) => AnswerAsync(w, r, word)));
                Last.BeforeBegin = addr => Console.WriteLine($"Listening on {addr}, pid {Pid}");
                Last.Probation = TimeSpan.FromMilliseconds(100); // most tests have nothing to wait for
                Last.ReadHeaderTimeout = Last.IdleTimeout = Timeout.InfiniteTimeSpan; // clients are as patient as the story that they are in is long
                break;
            case "tls": // CERT KEY
                _certificates.Add(Last, words);
                break;
            case "make": // ADDR: a server that is never started
                EndlessServer.NewServer(words[0], (w, r) => AnswerAsync(w, r, ""));
                break;
            case "name": // NAME
                Last.Name = words[0];
                break;
            case "reuse":
                Last.ReusePort = true;
                break;
            case "reverse": // the servers listen one after another, the last one first
                _reverse = true;
                break;
            case "begin-throws":
                Last.BeforeBegin += _ => throw new InvalidOperationException("BeforeBegin was told to throw");
                break;
            case "begin-hangs":
                Last.BeforeBegin += _ => Thread.Sleep(Timeout.Infinite);
                break;
            case "wait-in-begin": // FILE
                Last.BeforeBegin += _ =>
                {
                    Console.WriteLine($"waits in BeforeBegin, pid {Pid}");
                    while (!File.Exists(words[0])) Thread.Sleep(5);
                };
                break;
            case "hammer": // MS
                Last.HammerTime = Milliseconds(words[0]);
                break;
            case "grace": // MS
                Last.DrainGrace = Milliseconds(words[0]);
                break;
            case "state": // TEXT: what is left for the next generation; prints what the last one left
                Console.WriteLine($"state was '{Encoding.UTF8.GetString(EndlessProcess.StateFromPrevious.Span)}', pid {Pid}");
                EndlessProcess.StateToNext = () => Encoding.UTF8.GetBytes(words[0]);
                break;
            case "pass": // NAME TEXT: what is left under a name; prints what the last one left, and what it says later
                Console.WriteLine($"{words[0]} was '{(EndlessProcess.PassedOn(words[0]) is { } passed ? Encoding.UTF8.GetString(passed.Span) : "nothing")}', pid {Pid}");
                var asked = 0;
                EndlessProcess.PassOn(words[0], () => Encoding.UTF8.GetBytes($"{words[1]}-{++asked}"), state => Console.WriteLine($"{words[0]} is '{Encoding.UTF8.GetString(state.Span)}', pid {Pid}"));
                break;
            case "pass-throws": // NAME
                EndlessProcess.PassOn(words[0], () => throw new InvalidOperationException("the state was told to throw"));
                break;
            case "state-bytes": // N
                EndlessProcess.StateToNext = () => new byte[Number(words[0])];
                break;
            case "events":
                Last.Restarting += (_, _) => Console.WriteLine($"event restarting, pid {Pid}");
                Last.Restarted += (_, next) => Console.WriteLine($"event restarted {next.Generation} {next.ProcessId}, pid {Pid}");
                Last.RestartFailed += (_, failed) => Console.WriteLine($"event failed {failed.Reason}, pid {Pid}");
                break;
            case "at-restarted": // what of At: as the application hears of the next generation
                Last.Restarted += (_, next) =>
                {
                    At(words);
                    Console.WriteLine($"heard of {next.Generation}, pid {Pid}");
                };
                break;
            case "pid-file": // FILE
                EndlessProcess.PidFile = words[0];
                break;
            case "at-adoption": // N, then what of At: as the Nth connection of the generation before is taken in, which has not been acknowledged then
                var known = new HashSet<long>();
                var adopted = 0;
                Last.ConnectionStateChanged += (_, change) =>
                {
                    lock (known)
                        if (!known.Add(change.Connection.Id) || change.State == ConnectionState.New) return;
                    if (++adopted == Number(words[0])) At(words[1..]);
                };
                break;
            case "at-hand-over": // N, then what of At: as the Nth connection has gone to the next generation
                var gone = 0;
                Last.ConnectionStateChanged += (_, change) =>
                {
                    if (change.State == ConnectionState.HandedOver && Interlocked.Increment(ref gone) == Number(words[0])) At(words[1..]);
                };
                break;
            case "refuse": // WORD...: the application's own check fails with it
                Last.BeforeReady = _ => throw new InvalidOperationException(string.Join(' ', words));
                break;
            case "directory": // DIRECTORY: the working directory once it listens
                Last.BeforeBegin += _ => Environment.CurrentDirectory = words[0];
                break;
            case "stop-at": // FILE: stops by itself once the file exists
                var ending = Last;
                Last.BeforeBegin += _ => Task.Run(async () =>
                {
                    while (!File.Exists(words[0])) await Task.Delay(5);
                    await ending.ShutdownAsync();
                });
                break;
            case "warm-up": // PATH
                Last.WarmUp.Add(words[0]);
                break;
            case "descriptors": // N: the limit of open files is so many more than there are now
                Last.BeforeReady = _ =>
                {
                    var limit = Directory.GetFileSystemEntries("/proc/self/fd").Length + Number(words[0]);
                    Process.Start("prlimit", ["--pid", $"{Pid}", $"--nofile={limit}:"]).WaitForExit();
                    return Task.CompletedTask;
                };
                break;
            case "probation": // MS
                Last.Probation = Milliseconds(words[0]);
                break;
            case "keep-connections": // none is handed over
                Last.HandOverConnections = false;
                break;
            case "start-timeout": // MS: until a restart has failed; then so long that the next one cannot meet it
                var server = Last;
                Last.StartTimeout = Milliseconds(words[0]);
                Last.RestartFailed += (_, _) =>
                {
                    server.StartTimeout = TimeSpan.FromMinutes(1);
                    Console.WriteLine($"start timeout over, pid {Pid}");
                };
                break;
            case "timeouts": // MS: what a client may take for a head, for a request and between two
                Last.ReadHeaderTimeout = Last.ReadTimeout = Last.IdleTimeout = Milliseconds(words[0]);
                break;
            case "start-within": // MS
                Last.StartTimeout = Milliseconds(words[0]);
                break;
            case "for-ever": // every time that can be is the longest there is
                Last.StartTimeout = Last.HammerTime = Last.DrainGrace = Last.ReadTimeout = Last.WriteTimeout = Last.IdleTimeout = Last.ReadHeaderTimeout = TimeSpan.MaxValue;
                break;
            case "hooks":
                AddHooks();
                break;
            case "hook-throws":
                Last.SignalHooks[SignalPhase.PreSignal].Add((Action)(() => throw new InvalidOperationException("the hook was told to throw")));
                break;
            case "hook-waits": // FILE: the hook before SIGHUP waits until the file exists
                Last.SignalHooks[SignalPhase.PreSignal][Signum.SIGHUP].Add(() =>
                {
                    Console.WriteLine($"hook waits, pid {Pid}");
                    while (!File.Exists(words[0])) Thread.Sleep(5);
                });
                break;
            case "initiated": // MS: the application's shutdown takes so long, or until hammer time
                Last.ShutdownInitiated = async drain =>
                {
                    Console.WriteLine($"shutdown initiated, pid {Pid}");
                    await Task.Delay(Milliseconds(words[0]), drain).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    Console.WriteLine($"shutdown over, hammer {drain.IsCancellationRequested}, pid {Pid}");
                };
                break;
            case "sockets": // the application's shutdown waits for its WebSockets
                Last.ShutdownInitiated = async _ =>
                {
                    Console.WriteLine($"waits for sockets, pid {Pid}");
                    await _sockets.EndedAsync();
                };
                break;
            case "report":
                Report();
                break;
            case "exit": // CODE
                Environment.Exit(Number(words[0]));
                break;
            case "wait-for": // FILE: waits until it exists
                Console.WriteLine($"waits for {words[0]}, pid {Pid}");
                while (!File.Exists(words[0])) Thread.Sleep(5);
                break;
            case "once": // FILE COMMAND...: the command is the first generation's that comes by; the file says which that was
                if (TakesOnce(words[0])) Run(words[1], words[2..]);
                break;
            case "exit-after": // MS CODE: so long after it was ready it ends, in whatever it is
                Last.BeforeReady = _ =>
                {
                    new Thread(() =>
                    {
                        Thread.Sleep(Milliseconds(words[0]));
                        Environment.Exit(Number(words[1]));
                    }).Start();
                    return Task.CompletedTask;
                };
                break;
            case "restart-at-once": // before it is ready, for when it is
                Last.BeforeReady = _ =>
                {
                    Syscall.kill(Pid, Signum.SIGHUP);
                    return Task.CompletedTask;
                };
                break;
            case "hang":
                Console.WriteLine($"hangs, pid {Pid}");
                Thread.Sleep(Timeout.Infinite);
                break;
            default:
                throw new ArgumentException($"no such command: {command}");
        }
    }

    private static bool TakesOnce(string file)
    {
        try
        {
            using var taken = new StreamWriter(new FileStream(file, FileMode.CreateNew));
            taken.Write(Pid);
            return true;
        }
        catch (IOException)
        {
            return false; // there already
        }
    }

    /// <summary><c>die</c>: by SIGKILL; <c>wait FILE</c>: until it exists.</summary>
    private static void At(string[] words)
    {
        if (words[0] == "die") Syscall.kill(Pid, Signum.SIGKILL);
        Console.WriteLine($"waits here, pid {Pid}");
        while (words[0] == "die" || !File.Exists(words[1])) Thread.Sleep(5);
    }

    /// <summary>Runs every server, the last on this thread, and returns when all have stopped.</summary>
    public void Serve()
    {
        if (_reverse) _servers.Reverse();
        var threads = _servers[..^1].ConvertAll(server => new Thread(() => Serve(server)));
        for (var i = 0; i < threads.Count; i++)
        {
            using var listens = new ManualResetEventSlim();
            if (_reverse) _servers[i].BeforeBegin += _ => listens.Set();
            threads[i].Start();
            if (_reverse) listens.Wait();
        }
        Serve(Last);
        threads.ForEach(thread => thread.Join());
    }

    private void Serve(EndlessServer server)
    {
        if (_certificates.TryGetValue(server, out var files)) server.ListenAndServeTLS(files[0], files[1]);
        else server.ListenAndServe();
    }

    private async Task AnswerAsync(ResponseWriter w, Request r, string word)
    {
        if (r.Path.StartsWith("/tagged/", StringComparison.Ordinal))
        {
            await TaggedAnswer.ServeAsync(w, r);
            return;
        }
        switch (r.Path)
        {
            case "/wait": // ?FILE: without a thread
                Console.WriteLine($"wait begins, pid {Pid}");
                while (!File.Exists(r.RawQuery)) await Task.Delay(5);
                break;
            case "/socket": // a WebSocket, in the handler
                await _sockets.AcceptAsync(w, r);
                return;
            case "/socket-afterwards": // one that outlives its handler
                _ = _sockets.AcceptAsync(w, r);
                return;
            case "/echo-socket":
                await Streams.EchoAsync(w, r);
                return;
            case "/count":
                await Streams.CountAsync(w, r);
                return;
            case "/hijack": // for ever, in the handler
                using (var hijacked = w.Hijack())
                {
                    Console.WriteLine($"hijack begins, pid {Pid}");
                    var read = await hijacked.Input.ReadAsync();
                    Console.WriteLine($"hijack was told {read.Buffer.Length} {read.IsCanceled} {read.IsCompleted}, pid {Pid}");
                    await Task.Delay(Timeout.Infinite);
                }
                return;
            case "/visits/cookie":
            case "/visits/memory":
                await _visits.AnswerAsync(w, r);
                return;
            case "/hold": // taken over and waited for: says why its generation leaves, and goes on until its client ends it
                using (var held = w.Hijack())
                {
                    Console.WriteLine($"hold begins {held.HoldDrain()}, pid {Pid}");
                    await Task.Delay(Timeout.Infinite, held.Draining).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    await held.Output.WriteAsync(Encoding.ASCII.GetBytes(held.IsRestart ? "restart" : "stop"));
                    while (await held.Input.ReadAsync() is { IsCompleted: false } read) held.Input.AdvanceTo(read.Buffer.End);
                }
                Console.WriteLine($"hold over, pid {Pid}");
                return;
            case "/file": // ?FILE
                using (var file = File.OpenHandle(r.RawQuery))
                {
                    Console.WriteLine($"file begins, pid {Pid}");
                    await w.SendFileAsync(file, 0, RandomAccess.GetLength(file));
                }
                return;
            case "/echo":
                await w.WriteAsync(await r.ReadBodyAsync());
                return;
            case "/restart":
                var result = await EndlessProcess.RestartAsync();
                await w.WriteAsync($"{result.Succeeded} {result.Reason}");
                return;
            case "/warm":
                Console.WriteLine($"asked for {r.Path} by {r.RemoteEndPoint?.ToString() ?? "nobody"} in {_servers[0].State}, pid {Pid}");
                break;
            case "/drain": // until this generation leaves
                Console.WriteLine($"drain begins, pid {Pid}");
                await Task.Delay(Timeout.Infinite, r.Draining).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                break;
            case "/events": // until this generation leaves
                w.Header["Content-Type"] = "text/event-stream";
                await w.WriteAsync($"data: {Pid}\n\n");
                await w.FlushAsync();
                Console.WriteLine($"events begins, pid {Pid}");
                await Task.Delay(Timeout.Infinite, r.Draining).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await w.WriteAsync("data: bye\n\n");
                return;
            case "/block": // ?FILE: with one
                Console.WriteLine($"block begins, pid {Pid}");
                while (!File.Exists(r.RawQuery)) Thread.Sleep(5);
                break;
        }
        await w.WriteAsync($"{word}generation {EndlessProcess.Generation} pid {Pid}");
    }

    private void AddHooks()
    {
        foreach (var phase in (SignalPhase[])[SignalPhase.PreSignal, SignalPhase.PostSignal])
        {
            Last.SignalHooks[phase].Add(() => Console.WriteLine($"{phase} any, pid {Pid}"));
            foreach (var signal in SignalHooks.HandledSignals)
                Last.SignalHooks[phase][signal].Add(() => Console.WriteLine($"{phase} {signal}, pid {Pid}"));
        }
    }

    /// <summary>What this generation was started with, and what a subprocess of it would get.</summary>
    private void Report()
    {
        Console.WriteLine($"generation {EndlessProcess.Generation}, pid {Pid}");
        Console.WriteLine($"arguments {string.Join('|', arguments)}, pid {Pid}");
        Console.WriteLine($"directory {Environment.CurrentDirectory}, pid {Pid}");
        Console.WriteLine($"program {Environment.GetCommandLineArgs()[0]}, pid {Pid}");
        Console.WriteLine($"subprocess blocks {Output("/bin/cat", "/proc/self/status").Single(line => line.StartsWith("SigBlk:", StringComparison.Ordinal))[^16..]}, pid {Pid}");
        Console.WriteLine($"subprocess variables {Output("/usr/bin/env").Count(line => line.StartsWith("ENDLESS_", StringComparison.Ordinal) && !line.StartsWith("ENDLESS_LOAD", StringComparison.Ordinal))}, pid {Pid}");
        Console.WriteLine($"subprocess sockets {Output("/bin/ls", "-l", "/proc/self/fd").Count(line => line.Contains("socket:"))}, pid {Pid}");
    }

    private static string[] Output(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        return process.StandardOutput.ReadToEnd().Split('\n');
    }

    private static TimeSpan Milliseconds(string text) => TimeSpan.FromMilliseconds(Number(text));

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
