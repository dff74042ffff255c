namespace Endless.Http;

/// <summary>Where lines of an access log go. Called by one flow at a time.</summary>
internal interface IAccessLogSink : IDisposable
{
    /// <summary>Writes whole lines. False if that failed; what it throws counts as that.</summary>
    bool TryWrite(ReadOnlySpan<byte> lines);

    /// <summary>What is behind it may have been renamed.</summary>
    void Reopen();
}
