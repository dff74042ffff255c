using System.Net.Sockets;

namespace Endless.Http.Proxying;

/// <summary>
/// Bytes both ways between a client's connection and a destination's, until one side ends. A client that ends its side has the destination's told so, where that is possible (half close), and gets what that still
/// sends. Where the server leaves, it is as if the client had ended its side.
/// </summary>
/// <param name="client">Taken over from the server.</param>
/// <param name="destination">The connection behind the 101.</param>
/// <param name="socket">Of the destination's connection, to be half closed; null where TLS is on it.</param>
/// <param name="patience">How long the destination may be silent after the client's end.</param>
internal sealed class Tunnel(HijackedConnection client, Stream destination, Socket? socket, TimeSpan patience)
{
    private const int PieceSize = 16 * 1024;
    private static readonly TimeSpan LongestDrain = TimeSpan.FromSeconds(5);

    /// <summary>Carries bytes until the end. Does not throw for what either side does. The caller disposes of both sides afterwards.</summary>
    public async Task RunAsync()
    {
        using var ending = new CancellationTokenSource();
        // Wakes the upload, which waits for the client nearly always.
        using var draining = client.Draining.UnsafeRegister(state => ((HijackedConnection)state!).Input.CancelPendingRead(), client);
        var upload = UploadAsync(ending.Token);
        var download = DownloadAsync(ending);
        if (await Task.WhenAny(upload, download).ConfigureAwait(false) == upload && upload.IsCompletedSuccessfully)
        {
            Volatile.Write(ref _hasClientEnded, true);
            ending.CancelAfter(Left);
            if (socket is null || !TryShutDown(socket)) await ending.CancelAsync().ConfigureAwait(false);
        }
        else
        {
            await ending.CancelAsync().ConfigureAwait(false);
        }
        await download.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await ending.CancelAsync().ConfigureAwait(false);
        client.Input.CancelPendingRead();
        await upload.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private bool _hasClientEnded;

    private TimeSpan Left => client.Draining.IsCancellationRequested ? LongestDrain : patience;

    private async Task UploadAsync(CancellationToken ending)
    {
        while (true)
        {
            var read = await client.Input.ReadAsync(ending).ConfigureAwait(false);
            foreach (var segment in read.Buffer) await destination.WriteAsync(segment, ending).ConfigureAwait(false);
            client.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted || read.IsCanceled) return;
        }
    }

    private async Task DownloadAsync(CancellationTokenSource ending)
    {
        await client.Output.FlushAsync(ending.Token).ConfigureAwait(false); // the 101
        while (true)
        {
            // Without a buffer: a tunnel that is silent, as most are, holds none.
            await destination.ReadAsync(Memory<byte>.Empty, ending.Token).ConfigureAwait(false);
            var piece = client.Output.GetMemory(PieceSize);
            var length = await destination.ReadAsync(piece, ending.Token).ConfigureAwait(false);
            if (length == 0) return;
            client.Output.Advance(length);
            if (Volatile.Read(ref _hasClientEnded) && !client.Draining.IsCancellationRequested) ending.CancelAfter(patience);
            if ((await client.Output.FlushAsync(ending.Token).ConfigureAwait(false)).IsCompleted) return;
        }
    }

    private static bool TryShutDown(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
            return true;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }
}
