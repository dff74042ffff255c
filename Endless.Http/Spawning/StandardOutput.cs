using Endless.Http.Native;

namespace Endless.Http.Spawning;

/// <summary>
/// Standard input, output and error as a start leaves them: closed ones become /dev/null, so that no listening socket gets their number, and a terminal that is gone
/// does not fail whatever writes a line.
/// </summary>
internal static class StandardOutput
{
    private const int Output = 1;
    private const int Error = 2;

    /// <summary>Done first, before anything is opened.</summary>
    internal static void Secure()
    {
        StandardDescriptor.Open();
        // Closed before the runtime started, it may be a pipe of the runtime's by now: what Console writes there harms it, or fails.
        if (!StandardDescriptor.IsInherited(Output)) Console.SetOut(TextWriter.Null);
        if (!StandardDescriptor.IsInherited(Error)) Console.SetError(TextWriter.Null);
    }
}
