using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Endless.Http.WebSockets;

/// <summary>The frames that leave: whole messages, one after another, from whatever threads they come; control frames between them.</summary>
/// <remarks>
/// <para>Who sends is alone in <see cref="_gate"/> until the peer has taken what it sent (back-pressure). Control frames wait in <see cref="_control"/> for whoever is inside, or are sent at once.</para>
/// <para>A receive loop that answers many messages that came in one piece sends its answers in one piece too: while it runs on the thread that received (<see cref="BeginTurn"/>), and more messages are
/// there, a message is only added to <see cref="_frames"/>. That ends with the turn, a wait for input, 16 KiB or a tick of the clock.</para>
/// </remarks>
/// <param name="pipe">To the client.</param>
/// <param name="compressor">Null where no compression was agreed on.</param>
internal sealed class FrameOutput(PipeWriter pipe, Compressor? compressor)
{
    /// <summary>A payload up to that is copied behind its head, so that both leave together; of a longer one pieces of that size are sent from where they are.</summary>
    private const int PieceSize = 64 * 1024;

    /// <summary>Bytes of answers that wait for further ones.</summary>
    private const int MostHeldBack = 16 * 1024;

    /// <summary>Compressed, a shorter message would be longer.</summary>
    private const int LeastCompressed = 64;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly ControlFrames _control = new();
    private readonly TaskCompletionSource _closeSent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PooledBytes _frames;            // whoever is in the gate
    private volatile bool _isShut;
    private volatile bool _hasMoreInput;
    private int _turnThread;
    private long _turnTick;
    private long _stalledSince;

    /// <summary>The Close frame is with the kernel, or never will be.</summary>
    public Task CloseSent => _closeSent.Task;

    /// <summary>Since when the peer has not taken what is being sent, in milliseconds of <see cref="Environment.TickCount64"/>; 0 if nothing waits.</summary>
    public long StalledSince => Volatile.Read(ref _stalledSince);

    /// <summary>Sends a message. False if the connection is closed or closing: it was not sent.</summary>
    public ValueTask<bool> SendAsync(Opcode opcode, ReadOnlyMemory<byte> message, CancellationToken token)
    {
        if (token.IsCancellationRequested) return ValueTask.FromCanceled<bool>(token);
        return _gate.Wait(0, CancellationToken.None) ? SendInsideAsync(opcode, message) : SendBehindAsync(opcode, message, token);
    }

    /// <summary>Answers a ping, with the next flush: <see cref="Send"/>.</summary>
    public void Pong(ReadOnlySpan<byte> payload) => _control.AddPong(payload);

    /// <summary>Asks the client for a sign of life.</summary>
    public void Ping()
    {
        _control.AddPing();
        Send();
    }

    /// <summary>Sends a Close frame behind the message that is being sent. No other message follows.</summary>
    public void Close(CloseStatus status)
    {
        _isShut = true;
        _control.AddClose(status);
        Send();
    }

    /// <summary>The receive loop goes on, on this thread.</summary>
    public void BeginTurn()
    {
        _turnTick = Environment.TickCount64;
        Volatile.Write(ref _turnThread, Environment.CurrentManagedThreadId);
    }

    /// <summary>The receive loop was given a message, and whether there is more to be read without waiting.</summary>
    public void OnMessage(bool hasMoreInput)
    {
        _hasMoreInput = hasMoreInput;
        if (!_control.IsEmpty) Send(); // the loop may take its time
    }

    /// <summary>The receive loop waits, on this thread, for this connection or for something else.</summary>
    public void EndTurn()
    {
        Volatile.Write(ref _turnThread, 0);
        Send();
    }

    /// <summary>Sends what waits, unless somebody who is inside will.</summary>
    public void Send()
    {
        while (HasFrames && _gate.Wait(0, CancellationToken.None))
        {
            var flush = FlushAsync();
            if (!flush.IsCompletedSuccessfully)
            {
                _ = LeaveAfterAsync(flush).AsTask();
                return;
            }
            _gate.Release();
        }
    }

    /// <summary>The socket is done with: gives back what was for messages.</summary>
    public void Release()
    {
        _isShut = true;
        if (!_gate.Wait(0, CancellationToken.None)) return; // left to the garbage collector
        _frames.Release();
        compressor?.Dispose();
        _gate.Release();
    }

    private bool HasFrames => _frames.Length > 0 || !_control.IsEmpty;

    private bool HoldsBack =>
        _hasMoreInput && Volatile.Read(ref _turnThread) == Environment.CurrentManagedThreadId && _frames.Length < MostHeldBack && Environment.TickCount64 == _turnTick;

    private async ValueTask<bool> SendBehindAsync(Opcode opcode, ReadOnlyMemory<byte> message, CancellationToken token)
    {
        if (_isShut) return false;
        await _gate.WaitAsync(token).ConfigureAwait(false);
        return await SendInsideAsync(opcode, message).ConfigureAwait(false);
    }

    private ValueTask<bool> SendInsideAsync(Opcode opcode, ReadOnlyMemory<byte> message)
    {
        if (_isShut)
        {
            Leave();
            return new(false);
        }
        var payload = message;
        var isCompressed = compressor is not null && message.Length >= LeastCompressed;
        if (isCompressed) payload = compressor!.Compress(message.Span);
        AddHead(FrameHead.FirstByte(opcode, isCompressed), payload.Length);
        if (payload.Length > PieceSize) return SendLongAsync(payload, isCompressed);
        _frames.Add(payload.Span);
        if (isCompressed) compressor!.Release();
        if (HoldsBack)
        {
            Leave();
            return new(true);
        }
        var flush = FlushAsync();
        if (!flush.IsCompletedSuccessfully) return LeaveAfterAsync(flush);
        var isSent = flush.Result;
        Leave();
        return new(isSent);
    }

    private async ValueTask<bool> SendLongAsync(ReadOnlyMemory<byte> payload, bool isCompressed)
    {
        try
        {
            _frames.Add(payload.Span[..PieceSize]);
            payload = payload[PieceSize..];
            var isSent = await WriteAsync(_frames.Memory).ConfigureAwait(false);
            _frames.Release();
            // Piece by piece: a peer that takes one now and then is slow, and not gone.
            while (isSent && !payload.IsEmpty)
            {
                var piece = payload[..Math.Min(PieceSize, payload.Length)];
                payload = payload[piece.Length..];
                isSent = await WriteAsync(piece).ConfigureAwait(false);
            }
            return isSent;
        }
        finally
        {
            if (isCompressed) compressor!.Release();
            Leave();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> LeaveAfterAsync(ValueTask<bool> flush)
    {
        try
        {
            return await flush.ConfigureAwait(false);
        }
        finally
        {
            Leave();
        }
    }

    private void Leave()
    {
        _gate.Release();
        // Lost wake-up: a control frame may have come after whoever was inside had looked, and whoever brought it found the gate shut.
        if (!_control.IsEmpty) Send();
    }

    /// <summary>Sends what waits. Inside the gate. False if it never will be.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> FlushAsync()
    {
        var closes = _control.MoveTo(ref _frames);
        var isSent = await WriteAsync(_frames.Memory).ConfigureAwait(false);
        _frames.Release();
        if (closes) _closeSent.TrySetResult();
        return isSent;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        var write = pipe.WriteAsync(bytes);
        if (!write.IsCompletedSuccessfully) Volatile.Write(ref _stalledSince, Environment.TickCount64);
        var result = await write.ConfigureAwait(false);
        Volatile.Write(ref _stalledSince, 0);
        if (!result.IsCompleted) return true;
        _isShut = true;
        _closeSent.TrySetResult();
        return false;
    }

    private void AddHead(byte first, int length)
    {
        var room = _frames.Room(FrameBytes.MaxHeadLength + Math.Min(length, PieceSize));
        _frames.Advance(FrameBytes.WriteHead(room, first, length));
    }
}
