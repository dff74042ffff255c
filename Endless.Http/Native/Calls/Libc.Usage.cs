using System.Runtime.InteropServices;

namespace Endless.Http.Native;

// What a thread has used of the machine (getrusage(2)). No descriptor is involved.
internal static partial class Libc
{
    internal const int RUSAGE_THREAD = 1;

    /// <summary>struct rusage, as far as it is read.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 144)]
    internal struct ResourceUsage
    {
        internal long UserSeconds;
        internal long UserMicroseconds;
        internal long SystemSeconds;
        internal long SystemMicroseconds;
        private readonly long _maximumResident, _shared, _unsharedData, _unsharedStack, _minorFaults, _majorFaults, _swaps, _inputs, _outputs, _sent, _received, _signals;
        internal long VoluntarySwitches;
    }

    [LibraryImport("libc")]
    internal static partial int getrusage(int who, out ResourceUsage usage);
}
