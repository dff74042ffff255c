using System.Buffers;
using System.Collections.Frozen;
using Endless.Http.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Endless.Http.AspNetCore.Connections;

/// <summary>What ASP.NET Core knows of a connection, for all its requests.</summary>
/// <remarks>Thread-safe: the requests of an HTTP/2 connection run beside each other.</remarks>
internal sealed partial class ConnectionFeatures : IConnectionIdFeature, IConnectionItemsFeature, IMemoryPoolFeature
{
    private static readonly FrozenSet<Type> Own = new[]
    {
        typeof(IConnectionIdFeature), typeof(IConnectionItemsFeature), typeof(IConnectionLifetimeFeature), typeof(IConnectionLifetimeNotificationFeature), typeof(IConnectionCompleteFeature),
        typeof(IConnectionHeartbeatFeature), typeof(IMemoryPoolFeature),
    }.ToFrozenSet();

    private readonly Connection? _connection;
    private string? _id;
    private IDictionary<object, object?>? _items;
    private IDictionary<object, object?>? _state;
    private long _requests;
    private PathOfTarget? _lastPath; // immutable: replaced, never changed
    private TlsFeatures? _tls;

    private ConnectionFeatures(Connection? connection, CancellationToken draining)
    {
        _connection = connection;
        _draining = draining;
    }

    /// <summary>Kept between requests. For one flow at a time.</summary>
    public IDictionary<object, object?> State => LazyInitializer.EnsureInitialized(ref _state, static () => new Dictionary<object, object?>());

    public string ConnectionId
    {
        get => _id ??= ConnectionNumbers.NameOf(_connection?.Id ?? 0);
        set => _id = value;
    }

    public IDictionary<object, object?> Items
    {
        get => LazyInitializer.EnsureInitialized(ref _items, static () => new Dictionary<object, object?>());
        set => _items = value;
    }

    public MemoryPool<byte> MemoryPool => MemoryPool<byte>.Shared;

    /// <summary>What TLS agreed on; null in the clear.</summary>
    private TlsFeatures? Tls => _connection?.Tls is { } state ? LazyInitializer.EnsureInitialized(ref _tls, () => new TlsFeatures(state)) : null;

    /// <summary>Those of a connection; made with its first request.</summary>
    public static ConnectionFeatures Of(Request request)
    {
        if (request.Connection is not { } connection) return new ConnectionFeatures(connection: null, draining: default);
        if (connection.Kept is ConnectionFeatures known) return known;
        var features = new ConnectionFeatures(connection, request.Draining);
        connection.Kept = features;
        return features;
    }

    /// <summary>A feature of the connection; null if it has none of this type.</summary>
    public object? Find(Type type)
    {
        return Own.Contains(type) ? this : Tls?.Find(type);
    }

    /// <summary>What traces and logs call the next request, as Kestrel does: <c>0HNC8V3A5T2QF:00000001</c>.</summary>
    /// <param name="streamId">Its stream; 0 where the connection carries one request at a time.</param>
    public string NextRequestName(int streamId) => $"{ConnectionId}:{(streamId > 0 ? streamId : Interlocked.Increment(ref _requests)):X8}";

    /// <summary>A request's path as ASP.NET Core has it. A connection keeps its last, since clients repeat themselves.</summary>
    public string PathOf(Request request)
    {
        var rawPath = request.RawPath;
        var last = _lastPath;
        if (last is not null && ReferenceEquals(last.RawPath, rawPath)) return last.Path;
        var path = RequestPath.Decode(rawPath);
        _lastPath = new PathOfTarget(rawPath, path);
        return path;
    }

    private sealed record PathOfTarget(string RawPath, string Path);
}
