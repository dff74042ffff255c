using System.IO.Pipelines;
using Endless.Http.Messages;

namespace Endless.Http.Protocols;

/// <summary>A response as its handler sees it: the engine's <see cref="ServerResponse"/>, for as long as the request lives, one operation at a time.</summary>
internal sealed class ServerResponseWriter(ServerResponse response, RequestLifetime lifetime) : ResponseWriter
{
    private Header? _header;
    private int _finalStatus;

    public override Header Header => _header ??= new Header(response.Header, lifetime);

    public override Header Trailers
    {
        get
        {
            lifetime.Enter("ResponseWriter.Trailers");
            var lines = response.Trailers;
            lifetime.Leave();
            return new Header(lines, lifetime);
        }
    }

    /// <inheritdoc/>
    /// <remarks>When the request is over it is the status that was sent, be it the server's own.</remarks>
    public override int StatusCode
    {
        get
        {
            if (!lifetime.TryEnter()) return Volatile.Read(ref _finalStatus);
            var status = response.StatusCode;
            lifetime.Leave();
            return status;
        }
    }

    public override PipeWriter BodyWriter
    {
        get
        {
            lifetime.EnterWrite("ResponseWriter.BodyWriter");
            var writer = response.BodyWriter(lifetime);
            lifetime.LeaveWrite();
            return writer;
        }
    }

    /// <summary>The request is over, and was answered with a status.</summary>
    public void Close(int status) => Volatile.Write(ref _finalStatus, status);

    public override void WriteHeader(int statusCode)
    {
        lifetime.EnterWrite("ResponseWriter.WriteHeader");
        try
        {
            response.WriteHeader(statusCode);
        }
        finally
        {
            lifetime.LeaveWrite();
        }
    }

    public override void Write(ReadOnlySpan<byte> data)
    {
        lifetime.EnterWrite("ResponseWriter.Write");
        try
        {
            response.Write(data);
        }
        finally
        {
            lifetime.LeaveWrite();
        }
    }

    public override Task WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default)
    {
        lifetime.EnterWrite("ResponseWriter.WriteAsync");
        Task write;
        try
        {
            write = response.WriteAsync(data, cancellationToken);
            if (!write.IsCompleted) return AwaitAsync(write);
        }
        catch
        {
            lifetime.LeaveWrite();
            throw;
        }
        lifetime.LeaveWrite();
        return write;
    }

    public override void Flush()
    {
        lifetime.EnterWrite("ResponseWriter.Flush");
        try
        {
            response.Flush();
        }
        finally
        {
            lifetime.LeaveWrite();
        }
    }

    public override Task FlushAsync(CancellationToken cancellationToken = default)
    {
        lifetime.EnterWrite("ResponseWriter.FlushAsync");
        Task flush;
        try
        {
            flush = response.FlushAsync(cancellationToken);
            if (!flush.IsCompleted) return AwaitAsync(flush);
        }
        catch
        {
            lifetime.LeaveWrite();
            throw;
        }
        lifetime.LeaveWrite();
        return flush;
    }

    public override HijackedConnection Hijack()
    {
        lifetime.EnterWrite("ResponseWriter.Hijack");
        try
        {
            // As a read, so that no other is under way or begins: two flows would read the connection.
            lifetime.EnterRead("ResponseWriter.Hijack");
            try
            {
                return response.Hijack();
            }
            finally
            {
                lifetime.LeaveRead();
            }
        }
        finally
        {
            lifetime.LeaveWrite();
        }
    }

    private async Task AwaitAsync(Task write)
    {
        try
        {
            await write.ConfigureAwait(false);
        }
        finally
        {
            lifetime.LeaveWrite();
        }
        await HandlerThread.ReturnAsync(lifetime.Exchange.Scheduling);
    }
}
