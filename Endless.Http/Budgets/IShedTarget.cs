namespace Endless.Http.Budgets;

/// <summary>A connection as a <see cref="Budget"/> sees it: what can be ended so that others have room.</summary>
internal interface IShedTarget
{
    /// <summary>Ends it now, unless a handler has taken it over. Any thread, any time.</summary>
    void Shed();
}
