using Endless.Http.Native;
using Microsoft.Win32.SafeHandles;

namespace Endless.Http.Files;

/// <summary>A regular file on disk. Whatever path led to it may lead elsewhere by now; it is this file that is read.</summary>
internal sealed class DiskBytes(SafeFileHandle file, FileFacts facts) : FileBytes
{
    public override long Length => facts.Length;

    public override SafeFileHandle? Handle => file;

    /// <summary>
    /// Written over in place: half of one version and half of another are no version. One that has only grown is a log as a rule, and what was promised of it is there. The time of change does not count: it is another too
    /// when a new file takes the name.
    /// </summary>
    public override bool IsUnchanged
    {
        get
        {
            var now = FileFacts.Of(file);
            return now.Length > facts.Length || (now.Length, now.ModifiedSeconds, now.ModifiedNanoseconds) == (facts.Length, facts.ModifiedSeconds, facts.ModifiedNanoseconds);
        }
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken cancellationToken) => DiskReading.ReadAsync(file, buffer, offset);

    public override void Dispose() => file.Dispose();
}
