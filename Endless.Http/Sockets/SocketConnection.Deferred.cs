namespace Endless.Http.Sockets;

// Output that an idle engine has left, which is sent at the end of the loop's turn.
internal sealed partial class SocketConnection
{
    private int _isSendDeferred;

    /// <remarks>Not for a client that once did not take all at once: then somebody has to wait for it.</remarks>
    public override bool SendsWhileIdle => !_watchesOutput && _loop.SendsTogether;

    /// <summary>The engine is idle: as <see cref="SocketReader.TrySleep"/>, and what it left is sent at the end of the turn. False if it is to go on.</summary>
    private bool TrySleep()
    {
        if (_writer.UnflushedBytes == 0) return _reader.TrySleep();
        Volatile.Write(ref _isSendDeferred, 1);
        if (!_loop.TryDefer(_writer)) return _writer.TryComplete() && _reader.TrySleep(); // the loop has moved on: nobody's turn is worth waiting for
        if (!_reader.TrySleep()) return false;
        // Lost wake-up: if the loop has moved on since then, its new thread may have come for the output before the flow slept.
        if (Volatile.Read(ref _isSendDeferred) == 0) _loop.Post(_writer);
        return true;
    }

    /// <summary>Sends what the engine left, if it is still idle: one that is awake sends before it waits. On the loop.</summary>
    public void SendDeferred()
    {
        Volatile.Write(ref _isSendDeferred, 0);
        if (_reader.Wait.TryBorrow()) _reader.Wait.Return(wakes: !_writer.TryComplete());
    }
}
