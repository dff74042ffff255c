using System.IO.Pipelines;
using System.Net.Sockets;
using Endless.Http.Connections;
using Endless.Http.Http1;
using Endless.Http.Native;
using Endless.Http.Tests.Transport;

namespace Endless.Http.Tests.Http1;

/// <summary>How much of a file the kernel may take at a time.</summary>
public sealed class FileBodyTests
{
    private const int MiB = 1024 * 1024;

    [Theory]
    [InlineData(128 * 1024, 3 * MiB, 128 * 1024, 4 * MiB, 4 * MiB)] // more once it has taken a piece
    [InlineData(128 * 1024, MiB, 128 * 1024)]                       // not for a single one
    [InlineData(0, 3 * MiB, 0, 0, 0)]                               // the kernel decides as it is
    [InlineData(8 * MiB, 3 * MiB, 8 * MiB, 8 * MiB, 8 * MiB)]       // more is allowed anyway
    public async Task The_bound_is_lifted_for_a_file_that_is_taken_and_set_again_behind_it(int bound, int length, params int[] atEach)
    {
        using var file = new SentFile(length);
        using var handle = File.OpenHandle(file.FullName);
        var output = new Output { MaxUnsentBytes = bound };
        Assert.True(await FileBody.For(output, handle, length, isChunked: false)!.SendAsync(0, length, default));
        Assert.Equal(atEach, output.AtEach);
        Assert.Equal(bound, output.MaxUnsentBytes);
    }

    [Fact]
    public async Task The_bound_is_set_again_where_the_client_leaves()
    {
        using var file = new SentFile(3 * MiB);
        using var handle = File.OpenHandle(file.FullName);
        var output = new Output { MaxUnsentBytes = 1000, IsGoneAfter = 2 };
        Assert.False(await FileBody.For(output, handle, 3 * MiB, isChunked: false)!.SendAsync(0, 3 * MiB, default));
        Assert.Equal([1000, 4 * MiB], output.AtEach);
        Assert.Equal(1000, output.MaxUnsentBytes);
    }

    [Fact]
    public void A_socket_keeps_it()
    {
        using var tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var descriptor = new OwnedDescriptor((int)tcp.Handle);
        descriptor.SetMaxUnsentBytes(4 * MiB);
        Assert.Equal(4 * MiB, descriptor.MaxUnsentBytes());

        using var unix = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var other = new OwnedDescriptor((int)unix.Handle);
        other.SetMaxUnsentBytes(4 * MiB);
        Assert.Equal(0, other.MaxUnsentBytes());
    }

    /// <summary>A connection that takes each part whole, and notes what the bound was then.</summary>
    private sealed class Output : PipeWriter, IFileOutput
    {
        public int MaxUnsentBytes { get; set; }

        public int IsGoneAfter { get; init; } = int.MaxValue;

        public List<int> AtEach { get; } = [];

        public ValueTask<FlushResult> SendFileAsync(FilePart part, CancellationToken cancellationToken)
        {
            AtEach.Add(MaxUnsentBytes);
            part.Advance(part.Left);
            return new(new FlushResult(isCanceled: false, isCompleted: AtEach.Count >= IsGoneAfter));
        }

        public override void Advance(int bytes) => throw new NotSupportedException();

        public override Memory<byte> GetMemory(int sizeHint = 0) => throw new NotSupportedException();

        public override Span<byte> GetSpan(int sizeHint = 0) => throw new NotSupportedException();

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public override void CancelPendingFlush() => throw new NotSupportedException();

        public override void Complete(Exception? exception = null) => throw new NotSupportedException();
    }
}
