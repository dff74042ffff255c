using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Endless.Http.AspNetCore.Tests.Peers;

/// <summary>Runs cases on both servers: the endpoint's notes and the client's are one observation, taken when the request's services are gone.</summary>
internal sealed class BehaviourHost(IReadOnlyList<BehaviourCase> cases)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<string, Request> _requests = new();
    private int _last;

    /// <summary>Runs all of them, and returns where the servers differ.</summary>
    public static async Task<IReadOnlyList<Difference>> CompareAsync(IReadOnlyList<BehaviourCase> cases, int version, Action<WebApplicationBuilder>? configure = null, Action<WebApplication>? build = null)
    {
        var host = new BehaviourHost(cases);
        await using var servers = await TwoServers.StartAsync(builder =>
        {
            builder.Services.AddScoped<End>();
            configure?.Invoke(builder);
        }, application =>
        {
            application.Use(host.NoteEndAsync);
            build?.Invoke(application);
            application.Run(host.RunAsync);
        });
        var differences = new List<Difference>();
        for (var number = 0; number < cases.Count; number++)
        {
            if (!cases[number].Versions.Contains(version)) continue;
            var current = number;
            differences.AddRange(await servers.CompareAsync(cases[number].Name, peer => host.ObserveAsync(peer, current, version)));
        }
        return cases.Any(static one => one.WithMessages) ? differences : [.. differences.Where(static difference => !difference.Key.EndsWith("(message)", StringComparison.Ordinal))];
    }

    private async Task<Observation> ObserveAsync(Peer peer, int number, int version)
    {
        var behaviour = cases[number];
        var id = Interlocked.Increment(ref _last).ToString(CultureInfo.InvariantCulture);
        var request = _requests[id] = new Request();
        var path = $"/case/{number}/{id}";
        var seen = new Observation();
        if (version == 1)
        {
            using var client = await RawClient.ConnectAsync(peer.Http1);
            if (behaviour.Client is null) await AskAsync(behaviour, client, path, seen);
            else await behaviour.Client(client, path, seen);
            // A request that the server refuses has no endpoint.
            if (request.HasBegun || !seen.Lines.Any(static line => line is { Key: "status", Value: ['4', ..] })) await request.EndAsync(Patience);
        }
        else
        {
            using var client = new PriorKnowledgeClient(peer.Http2);
            if (behaviour.StreamClient is null) await AskAsync(behaviour, client, path, seen);
            else await behaviour.StreamClient(client, path, seen);
            await request.EndAsync(Patience);
        }
        var observation = new Observation();
        observation.AddAll(request.Notes);
        observation.AddAll(seen, "client: ");
        return observation;
    }

    private static async Task AskAsync(BehaviourCase behaviour, RawClient client, string path, Observation seen)
    {
        var fields = string.Concat(behaviour.Headers.Select(static header => $"{header.Name}: {header.Value}\r\n"));
        if (behaviour.Body is { } body) fields += $"Content-Length: {body.Length}\r\n";
        await client.SendAsync($"{behaviour.Method} {path} HTTP/1.1\r\nHost: peer\r\n{fields}\r\n");
        if (behaviour.Body is not null) await client.SendAsync(behaviour.Body);
        var answer = await client.ReadAsync(behaviour.Method == "HEAD");
        seen.AddAll(answer.Observe());
        // Whether the connection is good for another one.
        if (answer.Fault is not null || answer.Framing == "close") return;
        await client.SendAsync("GET /next HTTP/1.1\r\nHost: peer\r\n\r\n");
        var next = await client.ReadAsync();
        seen.Add("next", next.Fault ?? $"{next.Status} {next.Text}");
    }

    private static async Task AskAsync(BehaviourCase behaviour, PriorKnowledgeClient client, string path, Observation seen)
    {
        using var message = client.Request(behaviour.Method, path, [("Host", "peer"), .. behaviour.Headers]);
        if (behaviour.Body is { } body)
        {
            message.Content = new ByteArrayContent(body);
            foreach (var (name, value) in behaviour.Headers) message.Content.Headers.TryAddWithoutValidation(name, value);
        }
        seen.AddAll((await client.SendAsync(message)).Observe());
    }

    private Task NoteEndAsync(HttpContext context, RequestDelegate next)
    {
        var parts = context.Request.Path.Value!.Split('/');
        if (parts is not [_, "case", _, var id]) return context.Response.WriteAsync("next");
        // The service is disposed of after all that the application registered later: it is the end of the request.
        var request = context.RequestServices.GetRequiredService<End>().Request = _requests[id];
        request.HasBegun = true;
        return next(context);
    }

    private Task RunAsync(HttpContext context)
    {
        var parts = context.Request.Path.Value!.Split('/');
        return cases[int.Parse(parts[2], CultureInfo.InvariantCulture)].Run(context, _requests[parts[3]].Notes);
    }

    private sealed class Request
    {
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Observation Notes { get; } = new();

        public bool HasBegun { get; set; }

        public void End() => _end.TrySetResult();

        public async Task EndAsync(TimeSpan patience)
        {
            try
            {
                await _end.Task.WaitAsync(patience);
            }
            catch (TimeoutException)
            {
                Notes.Add("end", "nothing in time");
            }
        }
    }

    private sealed class End : IDisposable
    {
        public Request? Request { get; set; }

        public void Dispose() => Request?.End();
    }
}
