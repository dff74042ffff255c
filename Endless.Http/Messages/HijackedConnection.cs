using System.IO.Pipelines;
using System.Net;

namespace Endless.Http;

/// <summary>A connection that a handler took over. The handler owns it and disposes of it; a restart does not wait for it. Go's result of <c>Hijack</c>.</summary>
public sealed class HijackedConnection : IDuplexPipe, IDisposable
{
    private readonly Action _close;

    internal HijackedConnection(IDuplexPipe pipe, EndPoint? local, EndPoint? remote, Action close)
    {
        Input = pipe.Input;
        Output = pipe.Output;
        LocalAddress = local;
        RemoteAddress = remote;
        _close = close;
    }

    /// <summary>Bytes from the client, from the first after the request's header section.</summary>
    public PipeReader Input { get; }

    /// <summary>Bytes to the client.</summary>
    public PipeWriter Output { get; }

    /// <summary>The server's address of this connection.</summary>
    public EndPoint? LocalAddress { get; }

    /// <summary>The client's address.</summary>
    public EndPoint? RemoteAddress { get; }

    /// <summary>Closes the connection. What was written and not flushed is lost.</summary>
    public void Dispose() => _close();
}
