namespace Endless.Http.Http2;

/// <summary>What the parts of a connection report to the connection. Called under the gate, but for <see cref="ReadOnAsync"/>.</summary>
internal interface IConnectionEvents
{
    /// <summary>Whether a stream is open; null before the client's preface came.</summary>
    bool? IsActive { get; }

    /// <summary>Becomes the reading flow under a turn of <see cref="ReadyQueue"/>. Outside the gate.</summary>
    Task ReadOnAsync(int turn);

    /// <summary>A send is done, and there is room in the output.</summary>
    void OnRoomMade();

    /// <summary>A send has found that the client can no longer be written to.</summary>
    void OnBroken();

    /// <summary>The last open stream was closed.</summary>
    void OnLastClosed();
}
