using Microsoft.Extensions.DependencyInjection;

namespace Endless.Http.AspNetCore.Hosting.Handlers;

/// <summary>The services of one request: a scope that is made when somebody asks, and ends with the request. Thread-safe.</summary>
internal sealed class ServicesOfRequest(Request request, IServiceProvider services) : IDisposable
{
    private readonly Lock _lock = new();
    private AsyncServiceScope? _scope;

    /// <exception cref="InvalidOperationException">The request is over.</exception>
    public IServiceProvider Services
    {
        get
        {
            lock (_lock)
            {
                if (_scope is not null) return _scope.Value.ServiceProvider;
                request.RegisterForDispose(this); // throws where the request is over, and nobody would end the scope
                _scope = services.CreateAsyncScope();
                return _scope.Value.ServiceProvider;
            }
        }
    }

    /// <summary>A service may only be disposed of by a task: the request's end waits for it, on a thread of the pool.</summary>
    public void Dispose()
    {
        AsyncServiceScope? scope;
        lock (_lock) scope = _scope;
        var ending = scope?.DisposeAsync() ?? default;
        if (ending.IsCompletedSuccessfully) return;
        ending.AsTask().GetAwaiter().GetResult();
    }
}
