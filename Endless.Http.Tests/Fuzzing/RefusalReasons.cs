using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;

namespace Endless.Http.Tests.Fuzzing;

/// <summary>Why Kestrel refused a request, which it does not tell the client: from its diagnostics, by the client's port.</summary>
internal sealed class RefusalReasons : IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private const string Event = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    private readonly ConcurrentDictionary<int, string> _reasons = [];
    private readonly IDisposable _subscription;

    public RefusalReasons(DiagnosticListener listener) => _subscription = listener.Subscribe(this, name => name == Event);

    /// <summary>The reason without what the client sent; null if there is none.</summary>
    public string? Of(int clientPort) => _reasons.GetValueOrDefault(clientPort);

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Value is not IFeatureCollection features || features.Get<IBadRequestExceptionFeature>()?.Error is not { } error) return;
        if (features.Get<IHttpConnectionFeature>() is { } connection) _reasons[connection.RemotePort] = error.Message.Split(':', '\'')[0].Trim(' ', '.');
    }

    public void OnCompleted() { }

    public void OnError(Exception error) { }

    public void Dispose() => _subscription.Dispose();
}
