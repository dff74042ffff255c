using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.SignalR;

namespace Endless.Http.AspNetCore.LiveApp.Talks;

/// <summary>Everything that a hub does.</summary>
internal sealed class TalkHub(Acknowledged acknowledged) : Hub
{
    public string Echo(string text) => text;

    public int Pid() => Environment.ProcessId;

    /// <summary>Takes a number; what it answers says that it has.</summary>
    public int Take(int number)
    {
        acknowledged.Add(number);
        return number;
    }

    public Task Join(string room) => Groups.AddToGroupAsync(Context.ConnectionId, room);

    public Task Leave(string room) => Groups.RemoveFromGroupAsync(Context.ConnectionId, room);

    /// <summary>To all who have joined.</summary>
    public Task Say(string room, string text) => Clients.Group(room).SendAsync("said", room, text);

    /// <summary>Asks the client, and answers what it answered.</summary>
    public Task<string> Ask(string question) => Clients.Caller.InvokeAsync<string>("asked", question, Context.ConnectionAborted);

    public void Throw() => throw new HubException("A fault of the hub.");

    public async IAsyncEnumerable<int> Count(int to, [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var i = 0; i < to; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            await Task.Yield();
            yield return i;
        }
    }

    public async Task<int> Sum(IAsyncEnumerable<int> numbers)
    {
        var sum = 0;
        await foreach (var number in numbers) sum += number;
        return sum;
    }

    public async IAsyncEnumerable<string> Both(IAsyncEnumerable<string> texts)
    {
        await foreach (var text in texts) yield return text.ToUpperInvariant();
    }
}
