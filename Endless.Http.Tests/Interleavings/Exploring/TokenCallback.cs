namespace Endless.Http.Tests.Interleavings.Exploring;

/// <summary>A callback of a token. It knows which actor it runs on, since whoever disposes of its registration waits for it (elsewhere than in itself).</summary>
internal sealed class TokenCallback(Action<object?> callback, object? state, int point)
{
    /// <summary>Where it runs now.</summary>
    public Actor? RunsOn { get; private set; }

    /// <summary>Of a callback that does nothing but stand at a point: it is called first, when the token says that it is canceled and the real one can still be taken back.</summary>
    public CancellationTokenRegistration Marker { get; set; }

    public void Run()
    {
        RunsOn = Actor.Current;
        Points.Offer(point);
        try
        {
            callback(state);
        }
        finally
        {
            var execution = RunsOn!.Execution;
            RunsOn = null;
            execution.Release(this);
        }
    }
}
