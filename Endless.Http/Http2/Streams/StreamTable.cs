using Endless.Http.Connections;
using Endless.Http.Semantics;


namespace Endless.Http.Http2;

/// <summary>The streams of a connection: open ones, what is known of closed ones, and objects to use again. Guarded by the connection's gate.</summary>
internal sealed class StreamTable(Http2Connection connection, ProtocolContext context)
{
    // As many as a busy connection has open; what a burst needed beyond that is left to the garbage collector.
    private const int MaxSpare = 100;

    private readonly Dictionary<int, Http2Stream> _open = [];
    private readonly Stack<Http2Stream> _spare = new();

    /// <summary>Streams that are not closed.</summary>
    public int Count => _open.Count;

    /// <summary>Streams whose handler has not returned, closed ones among them: a client that resets its requests does not get rid of their handlers.</summary>
    public int Running { get; set; }

    /// <summary>Closed streams whose handler goes on, as one does whose client has gone and that takes no notice: the connection waits for it.</summary>
    public HashSet<Http2Stream> LeftBehind { get; } = [];

    /// <summary>The highest identifier a client opened; all above it are idle.</summary>
    public int LastId { get; set; }

    /// <summary>The streams closed last.</summary>
    public ClosedStreams Closed { get; } = new();

    /// <summary>The streams that are not closed. Not while one is opened or closed.</summary>
    public Dictionary<int, Http2Stream>.ValueCollection Open => _open.Values;

    public Http2Stream? Find(int id) => _open.GetValueOrDefault(id);

    /// <summary>An object for a new stream, not yet in the table.</summary>
    public Http2Stream Take() => _spare.TryPop(out var stream) ? stream : new Http2Stream(connection, context);

    public void Add(Http2Stream stream)
    {
        _open.Add(stream.Id, stream);
        Running++;
    }

    public void Remove(Http2Stream stream, StreamClosure closure, int window)
    {
        _open.Remove(stream.Id);
        // Not so for nearly every stream: its handler has returned, and its end closes the stream.
        if (!stream.Request.IsOver) LeftBehind.Add(stream);
        Closed.Add(stream.Id, closure, window);
    }

    /// <summary>Adds the requests of streams that are open or left behind.</summary>
    /// <param name="requests">Where.</param>
    /// <param name="now">In milliseconds of <see cref="Connection.Now"/>.</param>
    public void AddTo(RequestsUnderWay requests, long now)
    {
        foreach (var stream in _open.Values) requests.Add(stream.Request, now - stream.OpenedAt);
        foreach (var stream in LeftBehind) requests.Add(stream.Request, now - stream.OpenedAt);
    }

    /// <summary>Nobody knows of the object any more.</summary>
    public void Recycle(Http2Stream stream)
    {
        if (_spare.Count < MaxSpare) _spare.Push(stream);
    }
}
