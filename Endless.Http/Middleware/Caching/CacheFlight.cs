namespace Endless.Http;

/// <summary>One request on its way to the handler for a target.</summary>
/// <param name="key">The target.</param>
internal sealed class CacheFlight(string key)
{
    private readonly TaskCompletionSource _landed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The target.</summary>
    public string Key => key;

    /// <summary>The target was changed meanwhile. Under the store's lock.</summary>
    public bool IsOutdated { get; set; }

    /// <summary>Completes when the handler has answered or failed.</summary>
    public Task Landed => _landed.Task;

    /// <summary>The handler has answered or failed.</summary>
    public void OnLanded() => _landed.SetResult();
}
