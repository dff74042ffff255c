using System.IO.Pipelines;
using System.Runtime.ExceptionServices;
using Microsoft.Win32.SafeHandles;

namespace Endless.Http.Semantics;

/// <summary>A response as its handler sees it: the engine's <see cref="ServerResponse"/>, for as long as the request lives, one operation at a time.</summary>
internal sealed class ServerResponseWriter(ServerResponse response, Request request) : ResponseWriter
{
    private Header? _header;

    internal override ServerResponse Response => response;

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
            var status = response.ChosenStatus;
            request.Leave();
            return status;
        }
        set
        {
            request.Enter("ResponseWriter.StatusCode");
            try
            {
                response.Choose(value);
            }
            finally
            {
                request.Leave();
            }
        }
    }

    public override bool HasStarted
    {
        get
        {
            if (!request.TryEnter()) return true;
            var hasStarted = response.StatusCode != 0;
            request.Leave();
            return hasStarted;
        }
    }

    /// <summary>The handler gave the response up. Only while it has not returned.</summary>
    public bool IsAborted => response.IsAborted;

    /// <inheritdoc cref="ServerResponse.OwesStart"/>
    /// <remarks>Only while the handler has not returned.</remarks>
    public bool OwesStart => response.OwesStart;

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

    public override Task SendFileAsync(SafeFileHandle file, long offset, long length, CancellationToken cancellationToken = default)
    {
        FileCopy.Check(file, offset, length);
        request.EnterWrite("ResponseWriter.SendFileAsync");
        return AwaitAsync(response.SendFileAsync(file, offset, length, cancellationToken));
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

    public override void SetReadDeadline(TimeSpan time)
    {
        var milliseconds = Milliseconds(time);
        request.Enter("ResponseWriter.SetReadDeadline");
        request.Exchange.SetReadDeadline(milliseconds);
        request.Leave();
    }

    public override void SetWriteDeadline(TimeSpan time)
    {
        var milliseconds = Milliseconds(time);
        request.Enter("ResponseWriter.SetWriteDeadline");
        request.Exchange.SetWriteDeadline(milliseconds);
        request.Leave();
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

    public override void Abort()
    {
        request.Enter("ResponseWriter.Abort");
        try
        {
            response.Abort();
        }
        finally
        {
            request.Leave();
        }
    }

    public override void OnStarting(Func<Task> callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        request.Enter("ResponseWriter.OnStarting");
        try
        {
            response.OnStarting(callback);
        }
        finally
        {
            request.Leave();
        }
    }

    public override void OnCompleted(Func<Task> callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        request.Enter("ResponseWriter.OnCompleted");
        try
        {
            response.OnCompleted(callback);
        }
        finally
        {
            request.Leave();
        }
    }

    /// <summary>The handler is done and has fixed no head: has the callbacks called that want to know of it, and fixes it.</summary>
    public async ValueTask StartAsync()
    {
        if (await response.StartAsync(failure: null).ConfigureAwait(false) is { } failure) ExceptionDispatchInfo.Throw(failure);
    }

    /// <summary>As the engines take it: no time is rounded down to none, and none is negative.</summary>
    private static long Milliseconds(TimeSpan time)
    {
        if (time == Timeout.InfiniteTimeSpan) return -1;
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        return (long)Math.Ceiling(time.TotalMilliseconds);
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
