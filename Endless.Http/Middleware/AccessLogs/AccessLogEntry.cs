using System.Diagnostics;
using System.Net;

namespace Endless.Http;

/// <summary>What is written of one request. The request's flow fills it in; from when it is queued on, it is the writer's.</summary>
internal sealed class AccessLogEntry
{
    /// <summary>The client was gone before anything went out, or the handler gave the response up: nginx's code, which no response has.</summary>
    public const int NoAnswer = 499;

    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly Func<object, bool, Task> _queue;
    private readonly AccessLogOptions _options;
    private ResponseWriter? _w;
    private Request? _r;

    /// <summary>The beginning of a request. Its header is read now: when the request is over, it is gone.</summary>
    /// <param name="queue">Takes this when it is filled in; with true, its task is complete when it is written.</param>
    /// <param name="options">Of the log.</param>
    /// <param name="w">The response.</param>
    /// <param name="r">The request.</param>
    public AccessLogEntry(Func<object, bool, Task> queue, AccessLogOptions options, ResponseWriter w, Request r)
    {
        (_queue, _options, _w, _r) = (queue, options, w, r);
        Time = DateTime.UtcNow;
        if (options.Format == AccessLogFormat.Common) return;
        Referer = r.Header["Referer"];
        UserAgent = r.Header["User-Agent"];
    }

    /// <summary>When the request came, in UTC.</summary>
    public DateTime Time { get; }

    /// <summary>From then to the end of the response.</summary>
    public TimeSpan Duration { get; private set; }

    public EndPoint? Client { get; private set; }

    public string? User { get; private set; }

    public string Method { get; private set; } = "";

    /// <summary>The target as sent.</summary>
    public string Target { get; private set; } = "";

    /// <summary>Characters of the target that are written.</summary>
    public int TargetLength { get; private set; }

    public string Protocol { get; private set; } = "";

    public string Host { get; private set; } = "";

    public string Route { get; private set; } = "";

    public string? RequestId { get; private set; }

    public string? Referer { get; }

    public string? UserAgent { get; }

    public int Status { get; private set; }

    /// <summary>Of the body; -1 where that is not known.</summary>
    public long Bytes { get; private set; }

    /// <summary>The client saw that the response is not whole.</summary>
    public bool IsCut { get; private set; }

    /// <summary>The response is over. The task is complete when the connection may go on.</summary>
    public Task CompleteAsync()
    {
        var (w, r) = (_w!, _r!);
        (_w, _r) = (null, null);
        Duration = Stopwatch.GetElapsedTime(_start);
        var response = w.Response;
        Status = w.StatusCode;
        // A client that was gone sees no answer, and its leave is no failure of the service's.
        if (Status == 0 || (Status == 500 && response is { IsGivenUp: true })) Status = response is { IsHijacked: true } ? 101 : NoAnswer;
        Bytes = response?.BodyBytes ?? -1;
        IsCut = response is { IsCut: true } or { IsBroken: true } or { IsAborted: true } or { IsShort: true };
        (Client, Method, Target, Protocol, Host, Route) = (r.RemoteEndPoint, r.Method, r.Target, r.Protocol, r.Host, r.Pattern);
        TargetLength = _options.IncludeQuery ? Target.Length : Target.IndexOf('?') is var query and >= 0 ? query : Target.Length;
        RequestId = r.FindValue(RequestIds.Key) as string;
        User = _options.User?.Invoke(r);
        // The server is stopping, which waits for this: the last lines are written then.
        return _queue(this, r.Draining.IsCancellationRequested);
    }
}
