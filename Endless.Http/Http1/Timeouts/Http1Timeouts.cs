using Endless.Http.Connections;
using Endless.Http.Semantics;

namespace Endless.Http.Http1;

/// <summary>
/// The time limits of one connection of HTTP/1, and which of them holds when: only here this engine sets <see cref="Connection.ReadDeadline"/> and <see cref="Connection.WriteDeadline"/>.
/// </summary>
/// <remarks>
/// <list type="table">
/// <item><term>no byte of the next request has come</term><description><see cref="IdleTimeout"/></description></item>
/// <item><term>a part of its header section has come</term><description><see cref="HeaderTimeout"/></description></item>
/// <item><term>a read of its body waits</term><description><see cref="BodyTimeout"/> or <see cref="BodyRate"/>, whichever is sooner</description></item>
/// <item><term>its response is written</term><description><see cref="ProtocolTimeouts.Write"/>, counted from the end of the header section</description></item>
/// <item><term>after the last response</term><description><see cref="LingeringClose"/>, which both protocols end with</description></item>
/// </list>
/// <para>The third and the fourth a handler may change for its request.</para>
/// <para>The clock is looked at only where a timeout needs it.</para>
/// </remarks>
internal sealed class Http1Timeouts
{
    private readonly Connection _connection;
    private readonly ProtocolTimeouts _timeouts;
    private HeaderTimeout _header;
    private IdleTimeout _idle;
    private bool _isWriteSet; // by a handler

    /// <param name="connection">The deadline of its first header section runs from the accept: whoever accepted it has set it, or left it unset.</param>
    /// <param name="timeouts">The server's.</param>
    public Http1Timeouts(Connection connection, ProtocolTimeouts timeouts)
    {
        _connection = connection;
        _timeouts = timeouts;
        _header = new HeaderTimeout(connection, timeouts);
        _idle = new IdleTimeout(connection, timeouts);
    }

    private bool IsFirst => _connection.RequestsServed == 0;

    /// <summary>The connection waits for the first byte of a request.</summary>
    public void WaitForRequest() => _connection.ReadDeadline = _idle.Deadline(IsFirst ? _header.First : null, isLeaving: _connection.Leave == LeaveRequest.Drain);

    /// <summary>The connection waits for the rest of a header section that has begun.</summary>
    public void WaitForHeader() => _connection.ReadDeadline = _header.Deadline(IsFirst);

    /// <summary>The connection waits for bytes of a body.</summary>
    /// <param name="deadline">Of the body, or of its rate.</param>
    public void WaitForBody(long deadline) => _connection.ReadDeadline = deadline;

    /// <summary>The time that the body has whose header section is here.</summary>
    public BodyTimeout BeginBody() => new(_timeouts.Read < 0 ? Connection.NoDeadline : _header.Begin(IsFirst) + _timeouts.Read);

    /// <summary>The time that is left for the rest of a body that is only read to be thrown away: one that trickles would hold the response back.</summary>
    public void Hasten(ref BodyTimeout body) => body.Hasten(_connection.Now + _timeouts.Discard);

    /// <summary>A request is here: its response has its time.</summary>
    public void BeginResponse()
    {
        if (_timeouts.Write < 0 && !_isWriteSet) return;
        _connection.WriteDeadline = In(_timeouts.Write);
        _isWriteSet = false;
    }

    /// <summary>So long from now; negative for never.</summary>
    public long In(long milliseconds) => milliseconds < 0 ? Connection.NoDeadline : _connection.Now + milliseconds;

    /// <summary>The response under way has so long from now, negative for as long as it takes, and the next one its own time again.</summary>
    public void SetWrite(long milliseconds)
    {
        _isWriteSet = true;
        _connection.WriteDeadline = In(milliseconds);
    }

    /// <summary>A request has been answered: the next one has its own times.</summary>
    public void Reset()
    {
        _header.Reset();
        _idle.Reset();
    }
}
