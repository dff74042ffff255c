using Endless.Http.Restart;
using Microsoft.Extensions.Logging;

namespace Endless.Http;

public sealed partial class EndlessServer : IGenerationMember
{
    ListenerDescriptor? IGenerationMember.Listener
    {
        get
        {
            lock (_lock)
                return _socket != null && _state is ServerState.Init or ServerState.Running ? new(_socket.Address.Text, _socket.Descriptor) : null;
        }
    }

    bool IGenerationMember.IsStopping
    {
        get
        {
            lock (_lock)
                return _stopRequested || (_state is ServerState.ShuttingDown or ServerState.Terminated && !_handedOn);
        }
    }

    int IGenerationMember.Connections => _connections.Count;

    TimeSpan IGenerationMember.StartTimeout => StartTimeout;

    SignalHooks IGenerationMember.SignalHooks => SignalHooks;

    ILogger? IGenerationMember.Logger => Logger;

    void IGenerationMember.BeginDrain(bool handedOn) => BeginDrain(handedOn);

    bool IGenerationMember.Hammer()
    {
        lock (_lock)
        {
            if (_state != ServerState.ShuttingDown || _drain is null) return false;
        }
        _drain.Hammer();
        return true;
    }
}
