using Endless.Http.Semantics;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Endless.Http.AspNetCore.Features;

// What an application may allow or forbid one request.
internal partial class HttpFeatures : IHttpMaxRequestBodySizeFeature, IHttpBodyControlFeature, IHttpMinRequestBodyDataRateFeature, IHttpMinResponseDataRateFeature
{
    private MinDataRate? _minRequestBodyDataRate;
    private MinDataRate? _minResponseDataRate;
    private bool _isRequestRateSet;
    private bool _isResponseRateSet;
    private Endless.Http.Connections.LeastRate? _serversResponseRate; // the connection's next request has it again

    public bool AllowSynchronousIO { get; set; }

    bool IHttpMaxRequestBodySizeFeature.IsReadOnly => _reader is { HasBegun: true } || _response.IsHijacked;

    long? IHttpMaxRequestBodySizeFeature.MaxRequestBodySize
    {
        get => Reader.MaxBytes;
        set
        {
            if (_response.IsHijacked) throw new InvalidOperationException("The maximum request body size cannot be modified after the request has been upgraded.");
            Reader.MaxBytes = value;
        }
    }

    MinDataRate? IHttpMinRequestBodyDataRateFeature.MinDataRate
    {
        get => _isHttp2 && !_isRequestRateSet ? throw OnlyNull() : _isRequestRateSet ? _minRequestBodyDataRate : _settings.MinRequestBodyDataRate;
        set
        {
            if (_isHttp2 && value is not null) throw OnlyNull();
            (_minRequestBodyDataRate, _isRequestRateSet) = (value, true);
            if (_engineRequest.Body is HandlerBodyReader body) body.SetLeastRate(value is null ? 0 : (int)Math.Clamp(value.BytesPerSecond, 1, int.MaxValue), (int)Math.Min(value?.GracePeriod.TotalMilliseconds ?? 0, int.MaxValue));
        }
    }

    private static NotSupportedException OnlyNull() => new("This feature is not supported for HTTP/2 and HTTP/3 requests except to disable it entirely by setting the rate to null.");

    MinDataRate? IHttpMinResponseDataRateFeature.MinDataRate
    {
        get => _isResponseRateSet ? _minResponseDataRate : _settings.MinResponseDataRate;
        set
        {
            _engineRequest.Enter("MinDataRate");
            if (!_isResponseRateSet) _serversResponseRate = _engineRequest.Connection?.LeastSendRate;
            (_minResponseDataRate, _isResponseRateSet) = (value, true);
            _engineRequest.Connection?.LeastSendRate = value is null ? null : new((int)Math.Clamp(value.BytesPerSecond, 1, int.MaxValue), (long)value.GracePeriod.TotalMilliseconds);
            _engineRequest.Leave();
        }
    }
}
