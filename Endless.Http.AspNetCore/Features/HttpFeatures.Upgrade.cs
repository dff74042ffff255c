using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Endless.Http.AspNetCore.Bodies;
using Endless.Http.Http1;
using Endless.Http.Semantics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Endless.Http.AspNetCore.Features;

// Another protocol on the connection (RFC 9110 section 7.8), for WebSockets.
internal partial class HttpFeatures : IHttpUpgradeFeature, IHttpExtendedConnectFeature
{
    private HijackedConnection? _upgraded;

    bool IHttpUpgradeFeature.IsUpgradableRequest => IsUpgradable;

    /// <summary>WebSockets over HTTP/2 (RFC 8441) are not offered, and no client asks for what SETTINGS do not offer.</summary>
    bool IHttpExtendedConnectFeature.IsExtendedConnect => false;

    string? IHttpExtendedConnectFeature.Protocol => null;

    private bool IsUpgradable => !_isHttp2 && _engineRequest is { Protocol: "HTTP/1.1", ContentLength: 0 } && FieldList.Has(((IHttpRequestFeature)this).Headers.Connection.ToString(), "upgrade");

    async Task<Stream> IHttpUpgradeFeature.UpgradeAsync()
    {
        if (!IsUpgradable) throw new InvalidOperationException("Cannot upgrade a non-upgradable request. Check IHttpUpgradeFeature.IsUpgradableRequest to determine if a request can be upgraded.");
        if (_upgraded is not null) throw new InvalidOperationException("IHttpUpgradeFeature.UpgradeAsync was already called and can only be called once per connection.");
        if (HasStarted) throw AlreadyStarted("StatusCode"); // 101, as Kestrel says it
        _statusCode = StatusCodes.Status101SwitchingProtocols;
        ((IHttpResponseFeature)this).Headers.Connection = "Upgrade";
        await RunStartingAsync().ConfigureAwait(false);
        if (StartFailure is not null) throw new ObjectDisposedException("The response has been aborted due to an unhandled application exception.", StartFailure);
        TakeOver();
        var flush = await _upgraded!.Output.FlushAsync().ConfigureAwait(false);
        if (flush.IsCompleted) throw new IOException("The client is gone: the connection cannot be upgraded.");
        return new UpgradedStream(_upgraded.AsStream(), OnUpgradedEnded);
    }

    ValueTask<Stream> IHttpExtendedConnectFeature.AcceptAsync() => throw new InvalidOperationException("Not an extended CONNECT request.");

    /// <summary>The application is done with the connection that it took over. Closed with it: nobody else serves it.</summary>
    public void EndUpgrade()
    {
        if (_upgraded is null) return;
        _upgraded.Dispose();
        _connection.Dispose();
    }

    private void TakeOver()
    {
        // As a read too, so that none is under way or begins: two flows would read the connection.
        _engineRequest.EnterWrite("UpgradeAsync");
        try
        {
            _engineRequest.EnterRead("UpgradeAsync");
            try
            {
                AddServer();
                HasStarted = true;
                _upgraded = _response.Hijack();
                _upgraded.HoldDrain();
                WriteHead(_upgraded.Output);
            }
            finally
            {
                _engineRequest.LeaveRead();
            }
        }
        finally
        {
            _engineRequest.LeaveWrite();
        }
    }

    private void WriteHead(PipeWriter output)
    {
        var head = new StringBuilder("HTTP/1.1 101 Switching Protocols\r\nDate: ").Append(DateTime.UtcNow.ToString("r")).Append("\r\n");
        var fields = _response.Header.Fields;
        for (var i = 0; i < fields.Length; i++)
            if (!fields[i].IsSuppressed && fields[i].Known is not (KnownField.ContentLength or KnownField.TransferEncoding)) head.Append(_response.Header.NameAt(i)).Append(": ").Append(_response.Header.ValueAt(i)).Append("\r\n");
        output.Write(Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()));
    }
}
