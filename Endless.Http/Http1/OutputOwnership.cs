namespace Endless.Http.Http1;

/// <summary>
/// Settles who may write the output while a handler runs: its response from the first byte on, or before that for a moment the engine (earlier responses of
/// a pipeline that wait for their flush, 100 Continue).
/// </summary>
/// <remarks>
/// The flow that writes the response and the one that reads the body or awaits the handler may be different threads. The output changes hands by one compare-and-swap;
/// only a response that finds the engine inside waits, for a completion that the engine then owes it.
/// </remarks>
internal sealed class OutputOwnership
{
    private const int Free = 0;
    private const int Engine = 1;
    private const int Response = 2;
    private const int EngineAndResponseWaits = 3;

    private int _state;
    private TaskCompletionSource? _waiting;

    /// <summary>A new response may begin. Only while no handler runs.</summary>
    public void Reset() => _state = Free;

    /// <summary>The engine enters, unless the response has begun. True means it owes <see cref="Exit"/>.</summary>
    public bool TryEnter() => Interlocked.CompareExchange(ref _state, Engine, Free) == Free;

    /// <summary>The engine leaves.</summary>
    public void Exit()
    {
        if (Interlocked.CompareExchange(ref _state, Free, Engine) == Engine) return;
        Volatile.Write(ref _state, Response);
        _waiting!.SetResult();
    }

    /// <summary>The response stops again after an interim one: the engine may still have 100 Continue to send before the final one.</summary>
    public void PauseResponse() => Volatile.Write(ref _state, Free);

    /// <summary>The response begins; completes once the engine is outside. Later calls complete at once.</summary>
    public ValueTask BeginResponseAsync()
    {
        var state = Interlocked.CompareExchange(ref _state, Response, Free);
        if (state is Free or Response) return default;

        // Lost wake-up: written before the exchange that publishes it. Only one flow ever waits here.
        _waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Interlocked.CompareExchange(ref _state, EngineAndResponseWaits, Engine) == Engine) return new ValueTask(_waiting.Task);
        // The engine left in between. It cannot come back: only this flow and the engine's change the state, and Free to Response is ours.
        return BeginResponseAsync();
    }
}
