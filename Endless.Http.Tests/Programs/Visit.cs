using System.Collections.Concurrent;

namespace Endless.Http.Tests.Programs;

/// <summary>One request of the storm, as its client and its handler know it.</summary>
internal sealed class Visit
{
    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<Task> _background = [];
    private readonly Random _random;
    private byte[]? _sent;
    private byte[]? _answer;
    private int _calls;

    public Visit(long id, StormProgram program, StormProtocol protocol, int seed, int length, int answerLength)
    {
        (Id, Program, Protocol, Length, AnswerLength) = (id, program, protocol, length, answerLength);
        _random = new Random(seed);
    }

    public long Id { get; }

    public StormProgram Program { get; }

    public StormProtocol Protocol { get; }

    /// <summary>Bytes of the request's body, for programs that take any number.</summary>
    public int Length { get; }

    public int AnswerLength { get; }

    /// <summary>POST with a body, GET without.</summary>
    public string Method => Sent.Length > 0 ? "POST" : "GET";

    public string Path => $"/{Program.Name}/{Id}";

    public string Route => $"/{Program.Name}/{{id}}";

    public string Target => $"{Path}?id={Id}";

    /// <summary>The request's body.</summary>
    public byte[] Sent => _sent ??= Program.Body(this);

    /// <summary>The answer's body, for programs that make it up.</summary>
    public byte[] Answer => _answer ??= Tagged.Make(Id, Tagged.Answer, AnswerLength);

    /// <summary>Completes when the client has seen the end of the answer, or that there is none: from here on the request is over.</summary>
    public Task Answered => _answered.Task;

    /// <summary>The client went away before the request was whole.</summary>
    public bool ClientLeft { get; set; }

    /// <summary>How often the handler was called.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>What the handler threw.</summary>
    public Exception? Thrown { get; set; }

    /// <summary>The handler ended without an exception.</summary>
    public bool Returned { get; set; }

    /// <summary>A write that raced with the end of its request returned as if it had succeeded: then the answer has it.</summary>
    public volatile bool TailWritten;

    /// <summary>What the program was refused for doing wrong: each is an exception that the log knows of.</summary>
    public ConcurrentQueue<Exception> Refusals { get; } = [];

    /// <summary>What the program itself saw go wrong.</summary>
    public ConcurrentQueue<string> Faults { get; } = [];

    /// <summary>A number below a limit. Any thread.</summary>
    public int Next(int limit)
    {
        lock (_random) return _random.Next(limit);
    }

    public void Called()
    {
        if (Interlocked.Increment(ref _calls) > 1) Fault("the handler was called twice");
    }

    public void Fault(string text) => Faults.Enqueue(text);

    public void End() => _answered.TrySetResult();

    /// <summary>Work that goes on when the handler is done.</summary>
    public Task Later(Func<Task> work)
    {
        var task = Task.Run(async () =>
        {
            try
            {
                await work();
            }
            catch (Exception exception)
            {
                Fault($"late work failed: {exception}");
            }
        });
        _background.Enqueue(task);
        return task;
    }

    /// <summary>Waits for what goes on behind the answer.</summary>
    public async Task SettleAsync(TimeSpan deadline)
    {
        try
        {
            await Task.WhenAll(_background).WaitAsync(deadline);
        }
        catch (TimeoutException)
        {
            Fault("late work hangs");
        }
    }

    /// <summary>A while, so that others' requests have begun on the connection, or on another with its descriptor's number.</summary>
    public Task PauseAsync() => Task.Delay(Next(12));

    /// <summary>The call must be refused: its request is over.</summary>
    public async Task RefusedAsync(string call, Func<Task> action)
    {
        try
        {
            await action();
            Fault($"{call} after the end of the request returned normally");
        }
        catch (Exception exception)
        {
            Refuse(exception, call + " after the end of the request");
        }
    }

    /// <inheritdoc cref="RefusedAsync(string, Func{Task})"/>
    public Task RefusedAsync(string call, Action action) => RefusedAsync(call, () =>
    {
        action();
        return Task.CompletedTask;
    });

    /// <summary>What is read after the end is still this request's own, or an exception.</summary>
    public void Own(string what, string? expected, Func<string?> read)
    {
        try
        {
            if (read() is var found && found != expected) Fault($"{what} after the end of the request is \"{found}\" in place of \"{expected}\"");
        }
        catch (InvalidOperationException exception)
        {
            Refuse(exception, what + " after the end of the request");
        }
    }

    /// <summary>An exception for doing wrong: of one kind, and it names the request.</summary>
    public void Refuse(Exception exception, string call)
    {
        if (exception is not InvalidOperationException) Fault($"{call} threw {exception}");
        else if (!exception.Message.Contains(Method) || !exception.Message.Contains(Path)) Fault($"{call} does not name the request: {exception.Message}");
        Refusals.Enqueue(exception);
    }
}
