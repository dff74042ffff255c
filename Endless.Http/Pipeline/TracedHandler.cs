using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using Endless.Http.Metrics;

namespace Endless.Http.Pipeline;

/// <summary>
/// A span for each request, if somebody listens to the activity source <c>Endless.Http</c>: kind Server, named and attributed as OpenTelemetry's HTTP conventions
/// say, and a child of the one that the client named in W3C's <c>traceparent</c> and <c>tracestate</c>. It is the current activity of the handler, so that what that
/// calls in turn carries on the trace.
/// </summary>
internal sealed class TracedHandler(IHandler inner, string scheme, DiagnosticsLibrary library) : IHandler
{
    internal const string SourceName = "Endless.Http";

    private static readonly ActivitySource Source = new(SourceName);

    public Task ServeHttpAsync(ResponseWriter w, Request r) => library.IsLoaded ? ServeHeardAsync(w, r) : inner.ServeHttpAsync(w, r);

    /// <summary>Not inlined, so that compiling its caller does not load the library.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private Task ServeHeardAsync(ResponseWriter w, Request r) => Source.HasListeners() ? TraceAsync(w, r) : inner.ServeHttpAsync(w, r);

    /// <summary>An async method, so that the current activity it sets is its handler's alone: the caller's execution context is restored when it returns.</summary>
    private async Task TraceAsync(ResponseWriter w, Request r)
    {
        var method = RequestMetrics.MethodLabel(r.Method);
        var name = method == "_OTHER" ? "HTTP" : method;
        // What samplers may decide by.
        var tags = new TagList { { "http.request.method", method }, { "url.path", r.Path }, { "url.scheme", scheme } };
        Activity.Current = null; // what a connection's flow was begun in is no parent of its requests
        using var activity = Source.StartActivity(name, ActivityKind.Server, TraceContext.ParentOf(r), tags);
        if (activity is not { IsAllDataRequested: true })
        {
            await inner.ServeHttpAsync(w, r).ConfigureAwait(false);
            return;
        }
        Describe(activity, r, method, scheme);
        Exception? failure = null;
        try
        {
            await inner.ServeHttpAsync(w, r).ConfigureAwait(false);
            if (FinalStatus.IsOpen(w)) await FinalStatus.FixAsync(w).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            failure = e;
            throw;
        }
        finally
        {
            Complete(activity, name, r, r.IsHijacked ? 0 : FinalStatus.Of(w, failure), failure);
        }
    }

    private static void Describe(Activity activity, Request r, string method, string scheme)
    {
        if (method == "_OTHER") activity.SetTag("http.request.method_original", r.Method);
        if (r.RawQuery.Length > 0) activity.SetTag("url.query", SpanText.WithoutValues(r.RawQuery));
        activity.SetTag("network.protocol.version", RequestLabels.VersionOf(r.Protocol));
        if (r.Header["User-Agent"] is { Length: > 0 } agent) activity.SetTag("user_agent.original", agent);
        if (r.RemoteEndPoint is IPEndPoint client)
        {
            activity.SetTag("client.address", client.Address.ToString());
            activity.SetTag("client.port", client.Port);
        }
        // The server that the client asked for, and not the socket that a proxy or a container's network led it to.
        if (r.Host.Length > 0)
        {
            activity.SetTag("server.address", SpanText.NameOf(r.Host, out var port));
            activity.SetTag("server.port", port ?? (scheme == "https" ? 443 : 80));
        }
        else if (r.LocalEndPoint is IPEndPoint server)
        {
            activity.SetTag("server.address", server.Address.ToString());
            activity.SetTag("server.port", server.Port);
        }
    }

    private static void Complete(Activity activity, string name, Request r, int status, Exception? failure)
    {
        if (status != 0) activity.SetTag("http.response.status_code", status);
        if (RequestLabels.RouteOf(r.Pattern) is { Length: > 0 } route)
        {
            activity.SetTag("http.route", route);
            activity.DisplayName = $"{name} {route}";
        }
        // A 4xx is the client's error, not this server's: its span's status is left unset.
        if (status < 500 && failure is null or HttpErrorException or RequestBodyException) return;
        activity.SetTag("error.type", failure?.GetType().FullName ?? status.ToString(CultureInfo.InvariantCulture));
        activity.SetStatus(ActivityStatusCode.Error);
    }
}
