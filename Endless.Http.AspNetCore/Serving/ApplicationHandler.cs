using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Endless.Http.AspNetCore.Serving;

/// <summary>Has an ASP.NET Core application answer each request.</summary>
internal sealed class ApplicationHandler<TContext>(IHttpApplication<TContext> application) : IHandler where TContext : notnull
{
    public async Task ServeHttpAsync(ResponseWriter w, Request r)
    {
        var features = new FeatureCollection();
        var request = new HttpRequestFeature { Method = r.Method, Path = r.Path, RawTarget = r.Target, QueryString = r.RawQuery.Length > 0 ? "?" + r.RawQuery : "", Protocol = r.Protocol, Scheme = r.Scheme };
        foreach (var (name, value) in r.Header) request.Headers.Append(name, value);
        features.Set<IHttpRequestFeature>(request);
        features.Set<IHttpResponseFeature>(new HttpResponseFeature());
        var body = new MemoryStream();
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(body));
        var context = application.CreateContext(features);
        await application.ProcessRequestAsync(context).ConfigureAwait(false);
        w.WriteHeader(features.Get<IHttpResponseFeature>()!.StatusCode);
        await w.WriteAsync(body.ToArray()).ConfigureAwait(false);
        application.DisposeContext(context, null);
    }
}
