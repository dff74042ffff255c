namespace Endless.Http.Http2;

/// <summary>What the client may send on the connection as a whole, and what the windows of its streams may grow to together. Guarded by the connection's gate.</summary>
internal sealed class ReceiveAccount(ConnectionOutput output, ConnectionBudget budget)
{
    // It begins with this whatever the settings say (RFC 9113 section 6.9.2).
    private const int InitialWindow = 65_535;

    private ReceiveWindow _window = new(InitialWindow);

    /// <summary>By how much the windows of streams have grown, all together.</summary>
    public int Grown { get; private set; }

    /// <summary>Octets of DATA that came and were neither consumed nor thrown away.</summary>
    public int Held => _window.Held;

    /// <summary>Makes the window as large as it is to be.</summary>
    public void Open()
    {
        var by = budget.Window - InitialWindow;
        if (by <= 0) return;
        _window.Grow(by);
        output.Frames.WriteWindowUpdate(0, by);
    }

    /// <summary>Octets of DATA came, padding included. False if they are more than was allowed.</summary>
    public bool TryReceive(int count)
    {
        if (!_window.TryReceive(count)) return false;
        budget.Bodies.Add(count);
        return true;
    }

    /// <summary>Octets were consumed or thrown away: the window opens again.</summary>
    public void Consume(int count)
    {
        budget.Bodies.Remove(count);
        // Back pressure, where the process holds as much as it may. Deadlock: not if the connection holds next to nothing, since no later read might open its window again.
        var increment = _window.Consume(count, mayOpen: !budget.IsFullOfBodies || budget.Bodies.Held <= InitialWindow);
        if (increment > 0) output.Frames.WriteWindowUpdate(0, increment);
    }

    /// <summary>Whether the window of a stream may grow: all together keep within the connection's.</summary>
    public bool TryGrow(int by)
    {
        if (Grown + by > Http2Limits.MaxWindowGrowth || budget.IsFullOfBodies) return false;
        Grown += by;
        return true;
    }

    /// <summary>Windows of streams that had grown are not used any more.</summary>
    public void Shrink(int by) => Grown -= by;
}
