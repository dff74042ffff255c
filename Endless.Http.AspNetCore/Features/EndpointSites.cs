using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Endless.Http.Pipeline;
using Endless.Http.Workers;
using Microsoft.AspNetCore.Http;

namespace Endless.Http.AspNetCore.Features;

/// <summary>
/// What was learnt of an application's endpoints: which block their thread. For the engine an application is one handler; judged as one, a single endpoint that blocks would move all of them off the loops.
/// </summary>
/// <remarks>
/// An endpoint is known when routing has chosen it, and that is within the call that a worker would be needed for. So a request is taken for what answered the last one of its shape: method and path, in which a
/// segment with a digit in it stands for any. A wrong guess costs a hop to a worker, or a loop that moves on. Thread-safe.
/// </remarks>
internal sealed class EndpointSites : IBlockingSites
{
    /// <summary>More shapes than an application has routes are a client's doing: they are not learnt.</summary>
    private const int MostShapes = 4096;

    private readonly ConcurrentDictionary<ulong, BlockingSite> _shapes = new();
    private readonly ConditionalWeakTable<Endpoint, BlockingSite> _endpoints = [];
    private readonly BlockingSite _unknown = new(); // middleware that answers by itself, and what nobody has asked for yet

    public BlockingSite SiteOf(Request request) => _shapes.GetValueOrDefault(ShapeOf(request), _unknown);

    /// <summary>Routing has chosen an endpoint for a request, whose handler runs.</summary>
    public void OnChosen(Request request, Endpoint endpoint)
    {
        if (request.Scheduling != SchedulingMode.Auto || !request.TryEnter()) return;
        var site = _endpoints.GetValue(endpoint, static endpoint => new BlockingSite(endpoint.DisplayName));
        request.Site = site;
        request.Leave();
        var shape = ShapeOf(request);
        if (_shapes.TryGetValue(shape, out var known) ? known != site : _shapes.Count < MostShapes) _shapes[shape] = site;
    }

    private static ulong ShapeOf(Request request)
    {
        var hash = Add(14_695_981_039_346_656_037, request.Method); // FNV-1a: two shapes that share one share a guess
        var path = request.RawPath.AsSpan();
        while (path.Length > 1)
        {
            var end = path[1..].IndexOf('/') + 1;
            var segment = end > 0 ? path[..end] : path;
            hash = segment.ContainsAnyInRange('0', '9') ? Add(hash, "/0") : Add(hash, segment);
            path = end > 0 ? path[end..] : default;
        }
        return hash;
    }

    private static ulong Add(ulong hash, ReadOnlySpan<char> text)
    {
        foreach (var character in text) hash = (hash ^ character) * 1_099_511_628_211;
        return hash;
    }
}
