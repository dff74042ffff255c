using System.IO.Pipelines;
using Endless.Http.Connections;
using Endless.Http.Http2.Frames;

namespace Endless.Http.Http2;

/// <summary>
/// The one writer of a connection. Any thread appends frames under the connection's gate; whoever flushes first sends them, outside the gate, and
/// what is appended meanwhile goes out with the next send: many frames for each system call, and nobody ever waits for one.
/// </summary>
internal sealed class ConnectionOutput(Connection connection, Lock gate, ConnectionBudget budget, long writeTimeout)
{
    /// <summary>Octets above which no DATA is added: enough to keep a fast network busy, little enough that a response begun now is soon sent.</summary>
    private const int Room = 128 * 1024;

    private FrameWriter _sending = new();
    private bool _isSending;
    private TaskCompletionSource? _drained;

    /// <summary>Where frames are appended, under the gate.</summary>
    public FrameWriter Frames { get; private set; } = new();

    /// <summary>DATA may be added.</summary>
    public bool HasRoom => Frames.Length < Room && !Frames.IsSealed && !IsBroken;

    /// <summary>The client can no longer be written to.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Called under the gate when a send is done and there is room again.</summary>
    public required Action RoomMade { get; init; }

    /// <summary>Called under the gate when a send has found that the client can no longer be written to.</summary>
    public required Action Broke { get; init; }

    /// <summary>Sends what was appended, unless a send is under way, which sends it too. Outside the gate; does not wait.</summary>
    public void Flush()
    {
        ReadOnlyMemory<byte> octets;
        lock (gate)
        {
            if (_isSending || IsBroken || Frames.Length == 0) return;
            _isSending = true;
            octets = Take();
        }
        do
        {
            var send = Send(octets);
            if (!send.IsCompletedSuccessfully)
            {
                _ = FinishAsync(send);
                return;
            }
            octets = OnSent(send.Result);
        }
        while (!octets.IsEmpty);
    }

    /// <summary>Sends everything; completes when it is sent, or the client can no longer be written to.</summary>
    public Task DrainAsync()
    {
        Flush();
        lock (gate)
            return _isSending ? (_drained ??= new TaskCompletionSource()).Task : Task.CompletedTask;
    }

    /// <summary>The frame appended last is the connection's last: what a handler writes before it hears of the end is dropped. Under the gate.</summary>
    public void EndWithLast()
    {
        Frames.Seal();
        _sending.Seal();
    }

    /// <summary>Nothing is sent any more. Under the gate, when everything was.</summary>
    public void Close()
    {
        IsBroken = true;
        Frames.Clear();
    }

    private async Task FinishAsync(ValueTask<FlushResult> send)
    {
        while (OnSent(await send.ConfigureAwait(false)) is { IsEmpty: false } octets) send = Send(octets);
    }

    private ValueTask<FlushResult> Send(ReadOnlyMemory<byte> octets)
    {
        if (writeTimeout >= 0) connection.WriteDeadline = connection.Now + writeTimeout;
        return connection.Output.WriteAsync(octets);
    }

    /// <summary>A send is done: takes what came in the meantime, or ends sending.</summary>
    private ReadOnlyMemory<byte> OnSent(FlushResult result)
    {
        TaskCompletionSource? drained;
        lock (gate)
        {
            _sending.Clear();
            if (result.IsCompleted)
            {
                IsBroken = true;
                Frames.Clear();
                Broke();
            }
            else
            {
                RoomMade();
            }
            if (Frames.Length > 0) return Take();
            _isSending = false;
            budget.HoldFrames(0); // the reading flow looks with each read, and the client may have nothing more to say
            drained = _drained;
            _drained = null;
        }
        // The reading flow then finds the end of the stream.
        if (result.IsCompleted) connection.Abort();
        drained?.SetResult();
        return default;
    }

    private ReadOnlyMemory<byte> Take()
    {
        (Frames, _sending) = (_sending, Frames);
        return _sending.Written;
    }
}
