namespace Endless.Http.Connections;

/// <summary>A part of a file on its way to a peer. Used again for the parts of one response.</summary>
/// <param name="descriptor">Of the file. Descriptor reuse: whoever made this keeps it open until no send is under way.</param>
internal sealed class FilePart(int descriptor)
{
    /// <summary>The file's.</summary>
    public int Descriptor => descriptor;

    /// <summary>Where in the file what is left begins.</summary>
    public long Offset { get; private set; }

    /// <summary>Bytes that were not sent yet.</summary>
    public int Left { get; private set; }

    /// <summary>The file had no more bytes: it is shorter than it was.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>The next part.</summary>
    public void Begin(long offset, int count) => (Offset, Left, HasEnded) = (offset, count, false);

    /// <summary>So many bytes were sent.</summary>
    public void Advance(int count)
    {
        Offset += count;
        Left -= count;
    }

    /// <summary>Nothing more can be sent of it in this way.</summary>
    /// <param name="hasEnded">The file has no more; otherwise the kernel cannot send this file, or not read it.</param>
    public void Stop(bool hasEnded) => HasEnded = hasEnded;
}
