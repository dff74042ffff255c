namespace Endless.Http.Tls;

/// <summary>Has a store look at its files every so often, on a thread of the runtime's pool.</summary>
/// <remarks>
/// Not inotify: it watches inodes, so it misses what happens behind a link elsewhere on the path (Kubernetes swaps the link of a directory,
/// ACME clients link into their own tree), sees nothing on network file systems, and has limits that other programs use up. Two statx(2) a
/// certificate cost about two microseconds.
/// </remarks>
internal sealed class CertificateWatcher : IDisposable
{
    private readonly PeriodicTimer _timer;
    private readonly CertificateStore _store;

    public CertificateWatcher(CertificateStore store, TimeSpan interval)
    {
        _store = store;
        _timer = new PeriodicTimer(interval);
        _ = RunAsync();
    }

    public void Dispose() => _timer.Dispose();

    private async Task RunAsync()
    {
        while (await _timer.WaitForNextTickAsync().ConfigureAwait(false)) _store.Renew(force: false);
    }
}
