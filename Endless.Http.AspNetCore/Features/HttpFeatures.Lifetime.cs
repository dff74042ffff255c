using System.Net;
using Microsoft.AspNetCore.Http.Features;

namespace Endless.Http.AspNetCore.Features;

// How long the request lives, and whom it came from.
internal partial class HttpFeatures : IHttpRequestLifetimeFeature, IHttpConnectionFeature, IHttpResetFeature
{
    private CancellationToken? _requestAborted;
    private CancellationTokenSource? _aborting;
    private string? _connectionId;
    private IPAddress? _remoteAddress;
    private IPAddress? _localAddress;
    private int? _remotePort;
    private int? _localPort;
    private bool _isRemoteAddressSet;
    private bool _isLocalAddressSet;

    /// <summary>Fires when the client is gone or the application gives the request up; not because it is done, as the engine's own does.</summary>
    CancellationToken IHttpRequestLifetimeFeature.RequestAborted
    {
        get => _requestAborted ??= WatchClient();
        set => _requestAborted = value;
    }

    string IHttpConnectionFeature.ConnectionId
    {
        get => _connectionId ?? _connection.ConnectionId;
        set => _connectionId = value;
    }

    IPAddress? IHttpConnectionFeature.RemoteIpAddress
    {
        get => _isRemoteAddressSet ? _remoteAddress : (_engineRequest.RemoteEndPoint as IPEndPoint)?.Address;
        set => (_remoteAddress, _isRemoteAddressSet) = (value, true);
    }

    IPAddress? IHttpConnectionFeature.LocalIpAddress
    {
        get => _isLocalAddressSet ? _localAddress : (_engineRequest.LocalEndPoint as IPEndPoint)?.Address;
        set => (_localAddress, _isLocalAddressSet) = (value, true);
    }

    int IHttpConnectionFeature.RemotePort
    {
        get => _remotePort ?? (_engineRequest.RemoteEndPoint as IPEndPoint)?.Port ?? 0;
        set => _remotePort = value;
    }

    int IHttpConnectionFeature.LocalPort
    {
        get => _localPort ?? (_engineRequest.LocalEndPoint as IPEndPoint)?.Port ?? 0;
        set => _localPort = value;
    }

    void IHttpRequestLifetimeFeature.Abort() => Abort();

    void IHttpResetFeature.Reset(int errorCode)
    {
        if (!_engineRequest.TryEnter()) return;
        if (!_response.IsAborted) _response.GiveUp((uint)errorCode);
        _engineRequest.Leave();
        _engineRequest.Exchange.CancelRequest(_engineRequest);
    }

    /// <summary>Gives the response up: the client sees that it is not whole. Any thread, any time.</summary>
    public void Abort()
    {
        if (_upgraded is not null)
        {
            _upgraded.Dispose();
        }
        else if (_engineRequest.TryEnter())
        {
            if (_response is { IsAborted: false, IsHijacked: false })
            {
                _response.Abort();
                // Over HTTP/1.1 a request may still come whose response is given up: a read of it would wait on.
                Volatile.Read(ref _reader)?.CancelPendingRead();
            }
            _engineRequest.Leave();
        }
        // As on Kestrel its callbacks run off the caller's thread, which may hold a lock that they wait for.
        if (_requestAborted is not null) ThreadPool.UnsafeQueueUserWorkItem(static request => request.Exchange.CancelRequest(request), _engineRequest, preferLocal: false);
    }

    /// <summary>The connection that the application took over has come to its end.</summary>
    private void OnUpgradedEnded() => _aborting?.Cancel();

    private CancellationToken WatchClient()
    {
        // Whoever asks after an abort finds it fired.
        if (_response.IsAborted) return new CancellationToken(canceled: true);
        if (!_response.IsHijacked) return _engineRequest.Cancellation;
        _aborting ??= new CancellationTokenSource();
        return _aborting.Token;
    }
}
