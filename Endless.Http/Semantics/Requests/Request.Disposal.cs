using System.Diagnostics.CodeAnalysis;

namespace Endless.Http;

// What lives as long as a request: temporary files, scopes, leases.
public sealed partial class Request
{
    /// <summary>
    /// Has <paramref name="disposable"/> disposed of when the request is over, whatever its end: answered, failed, aborted, or hijacked and the handler returned; also where the client is gone. After the callbacks of
    /// <see cref="ResponseWriter.OnCompleted(Func{Task})"/>, the last registered first, each once. What <c>Dispose</c> throws is logged. An HTTP/1 connection, and a drain, wait until it is done. Registered with a copy, it lives
    /// as long as the request that was received. Thread-safe. ASP.NET Core's <c>Response.RegisterForDispose</c>.
    /// </summary>
    /// <remarks>A request that a program made ends with its <c>ResponseRecorder</c>; without one nobody ends it.</remarks>
    /// <exception cref="InvalidOperationException">The request is over: the object is still the caller's to dispose of.</exception>
    public void RegisterForDispose(IDisposable disposable)
    {
        ArgumentNullException.ThrowIfNull(disposable);
        var root = Root;
        root.Enter("Request.RegisterForDispose");
        try
        {
            var extras = root.Extras;
            lock (extras) (extras.Disposables ??= new()).Push(disposable);
        }
        finally
        {
            root.Leave();
        }
    }

    /// <summary>Something is to be disposed of: for good once the request is over, since nobody registers any more.</summary>
    internal bool HasDisposables => _extras is { Disposables: not null };

    /// <summary>The next to be disposed of. Only when the request is over.</summary>
    internal bool TryTakeDisposable([NotNullWhen(true)] out IDisposable? disposable)
    {
        disposable = null;
        return _extras is { Disposables: { } disposables } && disposables.TryPop(out disposable);
    }
}
