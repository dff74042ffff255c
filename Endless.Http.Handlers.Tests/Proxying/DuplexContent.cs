using System.Net;

namespace Endless.Http.Handlers.Tests.Proxying;

/// <summary>A body that is sent while the response is read already; .NET's own contents are sent whole before.</summary>
internal sealed class DuplexContent(Func<Stream, CancellationToken, Task> write) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, default);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // .NET's client holds the head back until something of the body is flushed, unless an acknowledgement of SETTINGS or PING happens to take it along.
        await stream.FlushAsync(cancellationToken);
        await write(stream, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
