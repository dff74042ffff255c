using System.Diagnostics;
using System.Net;

namespace Endless.Http.Load;

/// <summary>
/// Drives a server's <c>/</c> and <c>/pid</c> with keep-alive clients, fresh connections and idle connections until it is stopped, and
/// counts every request that was not answered rightly. A failed client carries on with a new connection.
/// </summary>
public sealed class LoadDriver
{
    private static readonly byte[] KeepAliveRequest = "GET / HTTP/1.1\r\nHost: load\r\n\r\n"u8.ToArray();
    private static readonly byte[] FreshRequest = "GET /pid HTTP/1.1\r\nHost: load\r\nConnection: close\r\n\r\n"u8.ToArray();

    // So that a server that is gone is not met by a storm of connects.
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMilliseconds(10);

    private const int MaxFresh = 256;

    private readonly EndPoint _server;
    private readonly LoadOptions _options;
    private readonly CancellationTokenSource _stop = new();
    private readonly PidWatch _pids = new();
    private Task _clients = Task.CompletedTask;
    private ClientConnection[] _idle = [];
    private LoadCounters _counters = new();

    private LoadDriver(EndPoint server, LoadOptions options)
    {
        _server = server;
        _options = options;
    }

    /// <summary>Starts the clients; returns once every idle connection stands and has been answered.</summary>
    /// <exception cref="LoadFailure">An idle connection was not answered.</exception>
    public static async Task<LoadDriver> StartAsync(EndPoint server, LoadOptions? options = null)
    {
        var driver = new LoadDriver(server, options ?? new LoadOptions());
        await driver.StartAsync();
        return driver;
    }

    /// <summary>The counters since the start or the last call of <see cref="NextStretch"/>.</summary>
    public LoadCounters Counters => Volatile.Read(ref _counters);

    /// <summary>Ends a stretch of time and returns what was counted in it. A request counts where it ends.</summary>
    public LoadCounters NextStretch() => Interlocked.Exchange(ref _counters, new LoadCounters());

    /// <summary>Waits until a fresh connection is answered by a process other than those known, and says by which and when (<see cref="Stopwatch.GetTimestamp"/>).</summary>
    public Task<(int Pid, long Timestamp)> NextPidAsync(IReadOnlySet<int> known, TimeSpan? span = null) => _pids.NextAsync(known).WaitAsync(span ?? Deadline.Default);

    /// <summary>Asks each idle connection once more, replaces those that are not answered, and returns how many those were.</summary>
    public async Task<int> RenewIdleAsync()
    {
        var closed = 0;
        for (var i = 0; i < _idle.Length; i++)
        {
            if (await AnsweredAsync(_idle[i])) continue;
            closed++;
            _idle[i].Dispose();
            _idle[i] = await ConnectIdleAsync();
        }
        return closed;
    }

    /// <summary>Lets every client finish its request and closes the connections.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _clients;
        foreach (var connection in _idle) connection.Dispose();
    }

    private async Task StartAsync()
    {
        _idle = new ClientConnection[_options.IdleConnections];
        for (var i = 0; i < _idle.Length; i++) _idle[i] = await ConnectIdleAsync();
        var clients = new List<Task>();
        for (var i = 0; i < _options.KeepAliveClients; i++) clients.Add(Task.Run(_options.IsHttp2 ? Http2ClientAsync : KeepAliveClientAsync));
        if (_options.FreshEvery > TimeSpan.Zero && !_options.IsHttp2) clients.Add(Task.Run(FreshConnectionsAsync));
        _clients = Task.WhenAll(clients);
    }

    private Task<ClientConnection> ConnectAsync() => ClientConnection.ConnectAsync(_server, _options.Patience, _options.IsTls);

    private async Task<ClientConnection> ConnectIdleAsync()
    {
        var connection = await ConnectAsync();
        CheckAnswer(await connection.RequestAsync(KeepAliveRequest));
        return connection;
    }

    private async Task KeepAliveClientAsync()
    {
        ClientConnection? connection = null;
        while (!_stop.IsCancellationRequested)
        {
            var started = Stopwatch.GetTimestamp();
            try
            {
                connection ??= await ConnectAsync();
                var response = await connection.RequestAsync(KeepAliveRequest);
                var ended = Stopwatch.GetTimestamp();
                CheckAnswer(response);
                if (response.Closes)
                {
                    await connection.ClosedAsync();
                    Counters.CountAnnouncedClose();
                    connection.Dispose();
                    connection = null;
                }
                Counters.CountRequest(ended - started);
                if (_options.Think > TimeSpan.Zero) await Task.Delay(_options.Think);
            }
            catch (LoadFailure failure)
            {
                Counters.CountFailure(failure, "keep-alive client", Stopwatch.GetTimestamp() - started);
                connection?.Dispose();
                connection = null;
                await Task.Delay(AfterFailure);
            }
        }
        connection?.Dispose();
    }

    private async Task Http2ClientAsync()
    {
        using var client = new Http2Client(_server, _options.IsTls, _options.Patience);
        await Task.WhenAll(Enumerable.Range(0, _options.Streams).Select(_ => StreamsAsync(client)));
    }

    private async Task StreamsAsync(Http2Client client)
    {
        while (!_stop.IsCancellationRequested)
        {
            var started = Stopwatch.GetTimestamp();
            try
            {
                var pid = await client.PidAsync();
                Counters.CountRequest(Stopwatch.GetTimestamp() - started);
                _pids.Saw(pid);
                if (_options.Think > TimeSpan.Zero) await Task.Delay(_options.Think);
            }
            catch (LoadFailure failure)
            {
                Counters.CountFailure(failure, "HTTP/2 client", Stopwatch.GetTimestamp() - started);
                await Task.Delay(AfterFailure);
            }
        }
    }

    private async Task FreshConnectionsAsync()
    {
        // At most this many under way: a server that answers none must not be buried under connections.
        using var places = new SemaphoreSlim(MaxFresh);
        using var timer = new PeriodicTimer(_options.FreshEvery);
        var started = Stopwatch.GetTimestamp();
        long made = 0;
        while (!_stop.IsCancellationRequested)
        {
            await timer.WaitForNextTickAsync();
            // A tick that comes late, as on a machine that is busy with a start-up, makes up for those it swallowed.
            for (var due = (long)(Stopwatch.GetElapsedTime(started) / _options.FreshEvery); made < due; made++)
            {
                await places.WaitAsync();
                _ = FreshConnectionAsync(places);
            }
        }
        for (var i = 0; i < MaxFresh; i++) await places.WaitAsync();
    }

    private async Task FreshConnectionAsync(SemaphoreSlim places)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            using var connection = await ConnectAsync();
            var response = await connection.RequestAsync(FreshRequest);
            if (response.Status != 200 || !int.TryParse(response.Body.Span, out var pid))
                throw new LoadFailure(FailureKind.WrongAnswer, $"status {response.Status} to GET /pid");
            if (!response.Closes) throw new LoadFailure(FailureKind.WrongAnswer, "no Connection: close in answer to one");
            await connection.ClosedAsync();
            Counters.CountRequest(Stopwatch.GetTimestamp() - started);
            _pids.Saw(pid);
        }
        catch (LoadFailure failure)
        {
            Counters.CountFailure(failure, "fresh connection", Stopwatch.GetTimestamp() - started);
        }
        finally
        {
            places.Release();
        }
    }

    private async Task<bool> AnsweredAsync(ClientConnection connection)
    {
        try
        {
            CheckAnswer(await connection.RequestAsync(KeepAliveRequest));
            return true;
        }
        catch (LoadFailure)
        {
            return false;
        }
    }

    private void CheckAnswer(ClientResponse response)
    {
        if (response.Status != 200 || !response.Body.Span.SequenceEqual(_options.Answer.Span))
            throw new LoadFailure(FailureKind.WrongAnswer, $"status {response.Status}, {response.Body.Length} bytes to GET /");
    }
}
