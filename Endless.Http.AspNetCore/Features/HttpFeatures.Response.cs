using System.IO.Pipelines;
using Endless.Http.AspNetCore.Bodies;
using Endless.Http.AspNetCore.Headers;
using Endless.Http.Semantics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;

namespace Endless.Http.AspNetCore.Features;

// The response: its head, which is fixed by the first write, and its body.
internal partial class HttpFeatures : IHttpResponseFeature, IHttpResponseBodyFeature, IHttpResponseTrailersFeature, IResponseStart, IFieldsOwner
{
    private Stack<(Func<object, Task> Callback, object State)>? _starting;
    private Stack<(Func<object, Task> Callback, object State)>? _completed;
    private int _statusCode = StatusCodes.Status200OK;
    private string? _reasonPhrase;
    private IHeaderDictionary? _responseHeaders;
    private IHeaderDictionary? _responseTrailers;
    private ResponsePipe? _pipe;
    private Stream? _stream;
    private Stream? _responseBody;
    private bool _isCompleted;

    /// <summary>The head is fixed, or the connection taken over.</summary>
    public bool HasStarted { get; private set; }

    public long DeclaredLength { get; private set; } = -1;

    public bool ForbidsBody { get; private set; }

    /// <summary>What a callback of OnStarting failed by; null for nothing.</summary>
    public Exception? StartFailure { get; private set; }

    /// <summary>Somebody is to be told when the response is over.</summary>
    public bool HasCompletedCallbacks => _completed is { Count: > 0 };

    /// <summary>Somebody is to be told before the head is fixed.</summary>
    public bool HasStartingCallbacks => _starting is { Count: > 0 };

    int IHttpResponseFeature.StatusCode
    {
        get => _statusCode;
        set
        {
            if (HasStarted) throw AlreadyStarted("StatusCode");
            _statusCode = value;
        }
    }

    string? IHttpResponseFeature.ReasonPhrase
    {
        get => _reasonPhrase;
        set
        {
            if (HasStarted) throw AlreadyStarted("ReasonPhrase");
            if (value is not null) HeaderText.Check(value);
            _reasonPhrase = value;
        }
    }

    IHeaderDictionary IHttpResponseFeature.Headers
    {
        get => _responseHeaders ??= new ResponseFields(_response.Header, _engineRequest, this);
        set => _responseHeaders = value;
    }

    IHeaderDictionary IHttpResponseTrailersFeature.Trailers
    {
        get => _responseTrailers ??= new ResponseFields(_response.Trailers, _engineRequest, this);
        set => _responseTrailers = value;
    }

    Stream IHttpResponseFeature.Body
    {
        get => _responseBody ?? BodyStream;
        set => _responseBody = value;
    }

    Stream IHttpResponseBodyFeature.Stream => BodyStream;

    PipeWriter IHttpResponseBodyFeature.Writer => Pipe;

    private ResponsePipe Pipe => _pipe ??= new ResponsePipe(_response, _engineRequest, this);

    private Stream BodyStream => _stream ??= new ResponseStream(Pipe, this);

    void IHttpResponseFeature.OnStarting(Func<object, Task> callback, object state)
    {
        ArgumentNullException.ThrowIfNull(callback);
        if (HasStarted) throw AlreadyStarted("OnStarting");
        (_starting ??= new()).Push((callback, state));
    }

    void IHttpResponseFeature.OnCompleted(Func<object, Task> callback, object state)
    {
        ArgumentNullException.ThrowIfNull(callback);
        (_completed ??= new()).Push((callback, state));
    }

    void IHttpResponseBodyFeature.DisableBuffering() { }

    Task IHttpResponseBodyFeature.StartAsync(CancellationToken cancellationToken)
    {
        if (HasStarted) return Task.CompletedTask;
        if (cancellationToken.IsCancellationRequested) return Task.FromCanceled(cancellationToken);
        return StartAsync().AsTask();
    }

    Task IHttpResponseBodyFeature.SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken) => SendFileAsync(path, offset, count, cancellationToken);

    Task IHttpResponseBodyFeature.CompleteAsync() => CompleteAsync();

    /// <summary>Runs the callbacks, last in first out and each once, and fixes the head.</summary>
    public ValueTask StartAsync()
    {
        if (HasStarted) return default;
        if (HasStartingCallbacks || StartFailure is not null) return RunAndStartAsync();
        Start();
        return default;
    }

    /// <summary>Runs what wants to know before the head is fixed, when the application has written nothing. Does not throw.</summary>
    public async ValueTask RunStartingAsync()
    {
        while (_starting is not null && _starting.TryPop(out var next))
        {
            try
            {
                await next.Callback(next.State).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                StartFailure ??= exception;
            }
        }
    }

    /// <summary>The whole response goes to the client, and the application goes on.</summary>
    public async Task CompleteAsync()
    {
        if (_isCompleted) return;
        if (IsTooShort && _pipe is not { UnflushedBytes: > 0 }) throw TooShort();
        if (!HasStarted) await StartAsync().ConfigureAwait(false);
        _isCompleted = true;
        await Pipe.FlushAsync().ConfigureAwait(false);
        Pipe.Complete();
        if (await TryEndResponseAsync().ConfigureAwait(false)) await Pipe.SendAsync().ConfigureAwait(false);
    }

    /// <summary>Ends the response while the request lives on: the rest of it leaves as what was flushed does. False if there is none that could be ended.</summary>
    private async ValueTask<bool> TryEndResponseAsync()
    {
        if (_response.IsHijacked || _response.IsAborted || _response.IsFinished || _response.IsBroken) return false;
        _engineRequest.EnterWrite("Response.CompleteAsync");
        try
        {
            await _response.EndAsync().ConfigureAwait(false);
        }
        catch (Exception) when (_response.IsBroken || _response.IsAborted)
        {
            return false; // the client is gone: as on Kestrel nobody is told but the request's token
        }
        finally
        {
            _engineRequest.LeaveWrite();
        }
        Pipe.OnEnded();
        return true;
    }

    /// <summary>Tells who wants to know that the response is over, last in first out. What they throw is logged.</summary>
    public async Task RunCompletedAsync()
    {
        while (_completed is not null && _completed.TryPop(out var next))
        {
            try
            {
                await next.Callback(next.State).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                _engineRequest.Logger.CallbackFailed("OnCompleted", _engineRequest, exception);
            }
        }
    }

    /// <summary>The streams end: what is written from now on throws.</summary>
    /// <param name="isLost">What was not flushed is dropped.</param>
    public ValueTask CloseStreamsAsync(bool isLost = false) => _pipe is null ? default : _pipe.CloseAsync(isLost);

    /// <summary>The application failed before the response began: it becomes an empty one with this status, of what was set nothing is sent.</summary>
    public void Replace(int statusCode, bool closes)
    {
        if (!_engineRequest.TryEnterFields()) return;
        _response.Header.Clear();
        if (closes && !_isHttp2) _response.Header.Set("Connection", "close");
        _engineRequest.LeaveFields();
        (_statusCode, _reasonPhrase, _starting, _responseHeaders) = (statusCode, null, null, null);
    }

    /// <summary>Fixes the head. Not while a write is under way.</summary>
    public void Start()
    {
        if (HasStarted) return;
        if (HasForbiddenLength) throw ForbiddenLength();
        if (_responseHeaders is not null and not ResponseFields) CopyReplacedHeaders();
        _engineRequest.EnterWrite("Response.StartAsync");
        try
        {
            AddServer();
            _response.ReasonPhrase = _reasonPhrase ?? (ReasonPhrase.Of(_statusCode).IsEmpty ? ReasonPhrases.GetReasonPhrase(_statusCode) : null);
            HasStarted = true;
            ForbidsBody = _statusCode is StatusCodes.Status204NoContent or StatusCodes.Status205ResetContent or StatusCodes.Status304NotModified;
            if (_responseHeaders?.ContentLength is { } length) DeclaredLength = length;
            if (!_response.IsAborted && !_response.IsHijacked) _response.WriteHeader(_statusCode);
        }
        finally
        {
            _engineRequest.LeaveWrite();
        }
    }

    /// <summary>The header is, from the start on; the trailers follow the body.</summary>
    bool IFieldsOwner.IsFixed(FieldLines lines) => lines == _response.Header ? HasStarted : _response.IsFinished;

    private void AddServer()
    {
        if (_settings.ServerHeader is not { } server || !_engineRequest.TryEnterFields()) return;
        if (_response.Header.Get("Server") is null) _response.Header.Set("Server", server);
        _engineRequest.LeaveFields();
    }

    private async ValueTask RunAndStartAsync()
    {
        await RunStartingAsync().ConfigureAwait(false);
        if (StartFailure is not null) throw new ObjectDisposedException("The response has been aborted due to an unhandled application exception.", StartFailure);
        Start();
    }

    private void CopyReplacedHeaders()
    {
        var headers = new ResponseFields(_response.Header, _engineRequest, owner: null);
        headers.Clear();
        foreach (var (name, value) in _responseHeaders!) headers[name] = value;
    }

    private async Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);
        cancellationToken.ThrowIfCancellationRequested();
        using var file = File.OpenHandle(path, options: FileOptions.Asynchronous);
        var length = RandomAccess.GetLength(file);
        if (offset < 0 || offset > length) throw new ArgumentOutOfRangeException(nameof(offset), offset, string.Empty);
        if (count < 0 || count > length - offset) throw new ArgumentOutOfRangeException(nameof(count), count, string.Empty);
        await Pipe.SendFileAsync(file, offset, count ?? (length - offset), cancellationToken).ConfigureAwait(false);
    }

    private static InvalidOperationException AlreadyStarted(string name) => new($"{name} cannot be set because the response has already started.");
}
