using System.Net;

namespace Endless.Http.Handlers.Tests.Proxying;

/// <summary>A body that is sent while the response is read already; .NET's own contents are sent whole before.</summary>
internal sealed class DuplexContent(Func<Stream, CancellationToken, Task> write) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => write(stream, default);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) => write(stream, cancellationToken);

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
