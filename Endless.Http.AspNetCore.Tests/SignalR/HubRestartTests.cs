using System.Globalization;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using Endless.Http.Load;
using Endless.Http.Tests.Processes;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;

namespace Endless.Http.AspNetCore.Tests.SignalR;

/// <summary>A hub whose process is restarted, and its clients.</summary>
public sealed class HubRestartTests
{
    private static readonly string Program = ProgramFile.Of("Endless.Http.AspNetCore.LiveApp");

    /// <summary>The clients reconnect as the package has it by default, and send again what was not acknowledged.</summary>
    [Fact]
    public async Task Clients_come_back_and_nothing_that_was_acknowledged_is_lost()
    {
        using var directory = new TempDirectory();
        await using var server = await StartAsync("00:00:00.3", $"--Log={directory["log"]}");
        var clients = new List<Sender>
        {
            new(server.Url, HttpTransportType.WebSockets, "json", 1), new(server.Url, HttpTransportType.WebSockets, "messagepack", 2), new(server.Url, HttpTransportType.ServerSentEvents, "json", 3),
            new(server.Url, HttpTransportType.LongPolling, "json", 4), new(server.Url, HttpTransportType.LongPolling, "messagepack", 5),
        };
        foreach (var client in clients) await client.BeginAsync();
        for (var restart = 0; restart < Restarts.Count; restart++)
        {
            var old = server.Pid;
            var pid = await server.RestartAsync();
            await server.GoneAsync(old);
            foreach (var client in clients) await client.AnsweredByAsync(pid);
        }
        foreach (var client in clients) await client.EndAsync();
        var arrived = File.ReadLines(directory["log"]).Select(line => int.Parse(line, CultureInfo.InvariantCulture)).ToHashSet();
        foreach (var client in clients)
        {
            Assert.NotEmpty(client.Acknowledged);
            Assert.Empty(client.Acknowledged.Except(arrived));
        }
        await server.StopAsync();
    }

    /// <summary>
    /// dotnet/aspnetcore#46929: a negotiation is two requests, the second one on a new connection. While a new generation is on probation both accept, and the one that is asked for the connection need not be the one that made its
    /// identifier. A client that begins with the WebSocket asks only once.
    /// </summary>
    [Fact]
    public async Task A_client_without_negotiation_connects_while_two_generations_accept()
    {
        await using var server = await StartAsync("00:01:00");
        using var negotiator = new HttpClient { BaseAddress = new Uri(server.Url) }; // keeps its connection, which is the first generation's
        Assert.Equal(server.FirstPid, await negotiator.GetFromJsonAsync<int>("/pid"));
        await server.RestartAsync();

        // The hazard: 404 for an identifier of the other generation.
        await Deadline.UntilAsync(async () => await ConnectNegotiatedAsync(negotiator, server.EndPoint.ToString()!) == 404, "a negotiation meets both generations");

        // The remedy.
        for (var connects = 0; connects < 20; connects++)
        {
            await using var client = Talk.Client(server.Url, HttpTransportType.WebSockets, "json", negotiates: false).Build();
            await client.StartAsync().WaitAsync(Deadline.Default);
            Assert.Contains(await client.InvokeAsync<int>("Pid").WaitAsync(Deadline.Default), server.Pids);
        }
    }

    private static Task<ServerProcess> StartAsync(string probation, params string[] settings) =>
        ServerProcess.StartAsync(Program, ["--urls=http://127.0.0.1:0", $"--Endless:Restart:Probation={probation}", .. settings]);

    /// <summary>Negotiates on a connection that is there, and opens the WebSocket on a new one; the status of that.</summary>
    private static async Task<int> ConnectNegotiatedAsync(HttpClient negotiator, string authority)
    {
        using var negotiated = await negotiator.PostAsync("/talk/negotiate?negotiateVersion=1", null);
        var token = (await negotiated.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("connectionToken").GetString();
        using var socket = new ClientWebSocket { Options = { CollectHttpResponseDetails = true } };
        try
        {
            await socket.ConnectAsync(new Uri($"ws://{authority}/talk?id={token}"), CancellationToken.None);
        }
        catch (WebSocketException) when (socket.HttpStatusCode != 0)
        {
        }
        return (int)socket.HttpStatusCode;
    }

    /// <summary>Sends numbers, one after the other, each until it is acknowledged.</summary>
    private sealed class Sender
    {
        private readonly HubConnection _connection;
        private readonly CancellationTokenSource _enough = new();
        private readonly int _first;
        private Task _sending = Task.CompletedTask;

        public Sender(string url, HttpTransportType transport, string protocol, int number)
        {
            _connection = Talk.Client(url, transport, protocol).WithAutomaticReconnect().Build();
            _first = number * 1_000_000;
        }

        public List<int> Acknowledged { get; } = [];

        public async Task BeginAsync()
        {
            await _connection.StartAsync().WaitAsync(Deadline.Default);
            _sending = Task.Run(SendAsync);
        }

        /// <summary>Waits until the hub that answers is of that process.</summary>
        public Task AnsweredByAsync(int pid) => Deadline.UntilAsync(async () =>
        {
            Assert.False(_sending.IsCompleted, $"The client gave up: {_sending.Exception}");
            return _connection.State == HubConnectionState.Connected && await PidAsync() == pid;
        }, $"process {pid} answers");

        public async Task EndAsync()
        {
            await _enough.CancelAsync();
            await _sending.WaitAsync(Deadline.Default);
            await _connection.DisposeAsync();
            _enough.Dispose();
        }

        private async Task SendAsync()
        {
            for (var number = _first; !_enough.IsCancellationRequested;)
            {
                try
                {
                    Assert.NotEqual(HubConnectionState.Disconnected, _connection.State); // it would not come back
                    if (await _connection.InvokeAsync<int>("Take", number).WaitAsync(Deadline.Default) == number) Acknowledged.Add(number++);
                }
                catch (Exception e) when (e is InvalidOperationException or HttpRequestException or IOException or OperationCanceledException or WebSocketException)
                {
                    // The connection was closed before the answer, or is not there again yet.
                    await Deadline.UntilAsync(() => _connection.State is HubConnectionState.Connected or HubConnectionState.Disconnected, "the client is connected again");
                }
            }
        }

        private async Task<int> PidAsync()
        {
            try
            {
                return await _connection.InvokeAsync<int>("Pid").WaitAsync(Deadline.Default);
            }
            catch (Exception e) when (e is InvalidOperationException or HttpRequestException or IOException or OperationCanceledException or WebSocketException)
            {
                return 0;
            }
        }
    }
}
