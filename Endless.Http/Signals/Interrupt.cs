namespace Endless.Http.Signals;

/// <summary>What a SIGINT is to those before it.</summary>
internal enum Interrupt
{
    /// <summary>Drain and stop.</summary>
    First,

    /// <summary>The one before, once more by another way.</summary>
    Echo,

    /// <summary>End at once.</summary>
    Again,
}
