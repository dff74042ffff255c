using System.IO.Pipelines;

namespace Endless.Http.Connections;

/// <summary>An <see cref="Connection.Output"/> to which the kernel can send a file by itself, without a copy in this process.</summary>
internal interface IFileOutput
{
    /// <summary>
    /// Sends what is in the output, and a part of a file behind it: a flush in all that concerns the peer, deadlines and cancels. When it is done, <see cref="FilePart.Left"/> says what was not sent; after a cancel that is
    /// lost.
    /// </summary>
    ValueTask<FlushResult> SendFileAsync(FilePart part, CancellationToken cancellationToken);

    /// <summary>Bytes that the kernel takes beyond what is on its way to the peer; 0 where the kernel alone decides. For the one who sends, while nothing is being sent.</summary>
    int MaxUnsentBytes { get; set; }
}
