using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using System.Text;
using Endless.Http.Protocols;
using Endless.Http.Transport;

namespace Endless.Http.Http1;

/// <summary>A request that a server puts to itself, through the whole engine and without a socket.</summary>
internal static class Rehearsal
{
    /// <summary>Asks for a target by GET. The status of the answer; 0 if there was none.</summary>
    public static async Task<int> RunAsync(ProtocolContext context, string target)
    {
        var request = Encoding.Latin1.GetBytes($"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        var answer = new Pipe();
        var connection = new MemoryConnection(PipeReader.Create(new ReadOnlySequence<byte>(request)), answer.Writer);
        // A handler may block: on a thread of its own, so that the answer is read meanwhile.
        var serving = Task.Run(async () =>
        {
            await new Http1Connection(connection, context).ServeAsync().ConfigureAwait(false);
            await answer.Writer.CompleteAsync().ConfigureAwait(false);
        });
        var status = 0;
        while (true)
        {
            var read = await answer.Reader.ReadAsync().ConfigureAwait(false);
            if (status == 0 && read.Buffer.Length >= "HTTP/1.1 200".Length)
                Utf8Parser.TryParse(read.Buffer.Slice("HTTP/1.1 ".Length, 3).ToArray(), out status, out _);
            answer.Reader.AdvanceTo(status == 0 ? read.Buffer.Start : read.Buffer.End, read.Buffer.End);
            if (read.IsCompleted) break;
        }
        await serving.ConfigureAwait(false);
        return status;
    }

    private sealed class MemoryConnection(PipeReader input, PipeWriter output) : Connection
    {
        public override PipeReader Input => input;

        public override PipeWriter Output => output;

        public override long ReadDeadline { get; set; } = NoDeadline;

        public override long WriteDeadline { get; set; } = NoDeadline;

        public override bool ReadTimedOut => false;

        public override void Abort() { }

        public override void ShutdownWrite() { }

        public override void Close() { }

        public override ValueTask YieldAsync() => default;
    }
}
