using Endless.Http.AspNetCore.Features;
using Endless.Http.AspNetCore.Headers;
using Endless.Http.Pipeline;
using Endless.Http.Semantics;
using Microsoft.AspNetCore.Hosting.Server;

namespace Endless.Http.AspNetCore.Serving;

/// <summary>Makes what calls an application.</summary>
internal static class ApplicationHandler
{
    /// <summary>A handler that has the application answer: on the event loop, or on a worker where the endpoint of a request was seen to block.</summary>
    public static IHandler Create<TContext>(IHttpApplication<TContext> application, ApplicationSettings settings) where TContext : notnull =>
        new ScheduledHandler(new ApplicationHandler<TContext>(application, settings), settings.Sites);
}

/// <summary>Has an ASP.NET Core application answer each request.</summary>
internal sealed class ApplicationHandler<TContext>(IHttpApplication<TContext> application, ApplicationSettings settings) : IHandler where TContext : notnull
{
    public Task ServeHttpAsync(ResponseWriter w, Request r)
    {
        if (!HeaderText.AreUtf8(r.Exchange.Fields)) return RefuseAsync(w);
        var features = new HttpFeatures<TContext>(r, w.Response!, settings);
        var context = application.CreateContext(features);
        Task processing;
        try
        {
            processing = application.ProcessRequestAsync(context);
        }
        catch (Exception exception)
        {
            processing = Task.FromException(exception);
        }
        // As nearly always where nothing waits: the engine frames what was written.
        if (processing.IsCompletedSuccessfully && features.TryEnd())
        {
            application.DisposeContext(context, null);
            return Task.CompletedTask;
        }
        return EndAsync(processing, context, features);
    }

    private static Task RefuseAsync(ResponseWriter w)
    {
        w.Header.Set("Connection", "close");
        w.WriteHeader(400);
        return Task.CompletedTask;
    }

    private async Task EndAsync(Task processing, TContext context, HttpFeatures features)
    {
        await processing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var failure = processing.Failure();
        try
        {
            failure = await features.EndAsync(failure).ConfigureAwait(false);
        }
        finally
        {
            application.DisposeContext(context, failure);
            features.EndUpgrade();
        }
    }
}
