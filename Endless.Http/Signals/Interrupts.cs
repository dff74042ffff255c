namespace Endless.Http.Signals;

/// <summary>
/// Tells a second Ctrl+C, by which somebody wants the end at once, from an echo of the first: under a supervisor a process gets the SIGINT of its terminal and the one that
/// is passed on to it.
/// </summary>
internal sealed class Interrupts
{
    /// <summary>SIGINTs that come so soon after the last one are the same one.</summary>
    internal static readonly TimeSpan Echo = TimeSpan.FromMilliseconds(250);

    private TimeSpan? _last;

    /// <summary>A SIGINT came.</summary>
    /// <param name="now">Any clock that only goes forward.</param>
    internal Interrupt Note(TimeSpan now)
    {
        var last = _last;
        if (last is { } before && now - before < Echo) return Interrupt.Echo;
        _last = now;
        return last is null ? Interrupt.First : Interrupt.Again;
    }
}
