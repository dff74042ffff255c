using Mono.Unix.Native;

namespace Endless.Http.Native;

/// <summary>How a process ended, from the status word of wait(2); null if nobody can tell because another part of the program reaped it.</summary>
internal readonly record struct ExitStatus(int? Status)
{
    /// <summary>The signal that killed it; 0 if it exited.</summary>
    internal int Signal => (Status ?? 0) & 0x7f;

    /// <summary>The exit code; null if a signal killed it.</summary>
    internal int? Code => Status is { } status && Signal == 0 ? (status >> 8) & 0xff : null;

    /// <summary>What to say of it: <c>exited with code 3</c>, <c>was killed by SIGKILL</c>.</summary>
    public override string ToString() => Status is null
        ? "ended, its status unknown"
        : Code is { } code ? $"exited with code {code}" : $"was killed by {(Signum)Signal}";
}
