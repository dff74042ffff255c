namespace Endless.Http.Http2;

/// <summary>What a client may have of what costs it nothing: frames that only keep the server busy, and requests that are cut short. Guarded by the connection's gate.</summary>
internal sealed class ClientAllowance
{
    private FrameMeter _control = new(Http2Limits.ControlBurst, Http2Limits.ControlPerSecond);
    private FrameMeter _resets = new(Http2Limits.ResetBurst, Http2Limits.ResetsPerSecond);

    /// <summary>A frame that carries nothing. False if the client overdoes it.</summary>
    public bool TrySpend() => _control.TrySpend();

    /// <summary>Useful traffic.</summary>
    public void Earn(int frames) => _control.Earn(frames);

    /// <summary>A request was cut short. False if the client brings that about too often.</summary>
    public bool TryReset() => _resets.TrySpend();

    /// <summary>A request was answered in full.</summary>
    public void OnAnswered() => _resets.Earn(1);
}
