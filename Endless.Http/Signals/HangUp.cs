namespace Endless.Http.Signals;

/// <summary>What a SIGHUP means.</summary>
internal enum HangUp
{
    /// <summary>Somebody wants a restart.</summary>
    Restart,

    /// <summary>The terminal that the process was started in is closed: nobody is there to stop it otherwise.</summary>
    Stop,

    /// <summary>The same, but the process was started to outlive it.</summary>
    Outlived,
}
