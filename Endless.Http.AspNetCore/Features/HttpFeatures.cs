using Endless.Http.AspNetCore.Connections;
using Endless.Http.Semantics;

namespace Endless.Http.AspNetCore.Features;

/// <summary>One request and its response as ASP.NET Core sees them: the features that Kestrel offers, over the engine's exchange.</summary>
/// <remarks>
/// Made for one request and not used again. Kestrel uses its collection, and with it the <c>HttpContext</c>, for a connection's next request: what keeps a context too long finds itself in that one. 450 bytes a
/// request are cheaper than another's answer. Like an <c>HttpContext</c> it is one flow's, but for what says otherwise.
/// </remarks>
internal partial class HttpFeatures
{
    private readonly Request _engineRequest;
    private readonly ServerResponse _response;
    private readonly ApplicationSettings _settings;
    private readonly ConnectionFeatures _connection;
    private readonly bool _isHttp2;

    /// <param name="request">The engine's, for as long as it lives.</param>
    /// <param name="response">Its response.</param>
    /// <param name="settings">What holds for all requests.</param>
    public HttpFeatures(Request request, ServerResponse response, ApplicationSettings settings)
    {
        _engineRequest = request;
        _response = response;
        _settings = settings;
        _connection = ConnectionFeatures.Of(request);
        _isHttp2 = response.CanReset;
        _path = _connection.PathOf(request);
        AllowSynchronousIO = settings.AllowSynchronousIO;
        request.IsCancellationForClientOnly = true;
        response.GuessesType = false;
        response.DescribesUnchanged = true;
    }
}
