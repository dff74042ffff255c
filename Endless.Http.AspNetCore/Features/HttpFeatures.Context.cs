using Endless.Http.Semantics;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;

namespace Endless.Http.AspNetCore.Features;

/// <summary>With the place where a host keeps its own of a request.</summary>
/// <inheritdoc cref="HttpFeatures(Request, ServerResponse, ApplicationSettings)" path="/param"/>
internal sealed class HttpFeatures<TContext>(Request request, ServerResponse response, ApplicationSettings settings) : HttpFeatures(request, response, settings), IHostContextContainer<TContext> where TContext : notnull
{
    public TContext? HostContext { get; set; }
}
