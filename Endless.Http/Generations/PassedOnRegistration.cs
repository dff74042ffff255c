namespace Endless.Http.Generations;

/// <summary>A part of the application that leaves a state under a name, and is told of what it left in the generation before. Thread-safe.</summary>
internal sealed class PassedOnRegistration : IDisposable
{
    private readonly Generation _generation;
    private readonly string _name;
    private int _isDisposed;

    /// <inheritdoc cref="EndlessProcess.PassOn"/>
    internal PassedOnRegistration(Generation generation, string name, Func<ReadOnlyMemory<byte>> state, Action<ReadOnlyMemory<byte>>? arrived)
    {
        ArgumentNullException.ThrowIfNull(state);
        (_generation, _name) = (generation, name);
        generation.Succession.Question.Passing.Add(name, state);
        if (arrived is not null) generation.Previous.Application.WhenArrived(name, arrived);
    }

    public void Dispose()
    {
        // The name may be another's by the second call.
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        _generation.Previous.Application.ForgetArrived(_name);
        _generation.Succession.Question.Passing.Remove(_name);
    }
}
