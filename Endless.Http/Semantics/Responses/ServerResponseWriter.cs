using System.IO.Pipelines;

namespace Endless.Http.Semantics;

/// <summary>A response as its handler sees it: the engine's <see cref="ServerResponse"/>, for as long as the request lives, one operation at a time.</summary>
internal sealed class ServerResponseWriter(ServerResponse response, Request request) : ResponseWriter
{
    private Header? _header;

    public override Header Header => _header ??= new Header(response.Header, request);

    public override Header Trailers
    {
        get
        {
            request.Enter("ResponseWriter.Trailers");
            var lines = response.Trailers;
            request.Leave();
            return new Header(lines, request);
        }
    }

    /// <inheritdoc/>
    /// <remarks>When the request is over it is the status that was sent, be it the server's own.</remarks>
    public override int StatusCode
    {
        get
        {
            if (!request.TryEnter()) return request.FinalStatus;
            var status = response.StatusCode;
            request.Leave();
            return status;
        }
    }

    public override PipeWriter BodyWriter
    {
        get
        {
            request.EnterWrite("ResponseWriter.BodyWriter");
            var writer = response.BodyWriter;
            request.LeaveWrite();
            return writer;
        }
    }

    public override void WriteHeader(int statusCode)
    {
        request.EnterWrite("ResponseWriter.WriteHeader");
        try
        {
            response.WriteHeader(statusCode);
        }
        finally
        {
            request.LeaveWrite();
        }
    }

    public override void Write(ReadOnlySpan<byte> data)
    {
        request.EnterWrite("ResponseWriter.Write");
        try
        {
            response.Write(data);
        }
        finally
        {
            request.LeaveWrite();
        }
    }

    public override Task WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default)
    {
        request.EnterWrite("ResponseWriter.WriteAsync");
        Task write;
        try
        {
            write = response.WriteAsync(data, cancellationToken);
            if (!write.IsCompleted) return AwaitAsync(write);
        }
        catch
        {
            request.LeaveWrite();
            throw;
        }
        request.LeaveWrite();
        return write;
    }

    public override void Flush()
    {
        request.EnterWrite("ResponseWriter.Flush");
        try
        {
            response.Flush();
        }
        finally
        {
            request.LeaveWrite();
        }
    }

    public override Task FlushAsync(CancellationToken cancellationToken = default)
    {
        request.EnterWrite("ResponseWriter.FlushAsync");
        Task flush;
        try
        {
            flush = response.FlushAsync(cancellationToken);
            if (!flush.IsCompleted) return AwaitAsync(flush);
        }
        catch
        {
            request.LeaveWrite();
            throw;
        }
        request.LeaveWrite();
        return flush;
    }

    public override HijackedConnection Hijack()
    {
        request.EnterWrite("ResponseWriter.Hijack");
        try
        {
            // As a read, so that no other is under way or begins: two flows would read the connection.
            request.EnterRead("ResponseWriter.Hijack");
            try
            {
                return response.Hijack();
            }
            finally
            {
                request.LeaveRead();
            }
        }
        finally
        {
            request.LeaveWrite();
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
            request.LeaveWrite();
            await HandlerThread.ReturnAsync(request.Scheduling); // what the handler catches it handles there too
        }
    }
}
