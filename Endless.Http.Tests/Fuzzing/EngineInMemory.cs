using System.Buffers;
using System.Runtime.InteropServices;
using Endless.Http.Http1;
using Endless.Http.Semantics;
using Endless.Http.Tests.Protocols;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Tests.Fuzzing;

/// <summary>
/// The engine of HTTP/1 on connections in memory, on one thread. What must hold of each: nothing is logged above debug, and the engine is done when the client is (a hang cannot hide: no timer and no
/// other thread takes part).
/// </summary>
internal sealed class EngineInMemory
{
    private readonly ProtocolContext _context;
    private readonly FailingLogger _logger = new();

    public EngineInMemory(IHandler handler, ProtocolLimits? limits = null) => _context = new ProtocolContext { Handler = handler, Logger = _logger, Limits = limits ?? new() };

    /// <summary>All that a client sends on one connection. What is wrong; null for nothing.</summary>
    /// <param name="input">What it sends.</param>
    /// <param name="cuts">Into how many parts more it is cut.</param>
    /// <param name="part">How long the next part is, of what length.</param>
    /// <param name="output">Gets the answers, without their dates: a second may end between two runs.</param>
    public string? Serve(ReadOnlyMemory<byte> input, int cuts, Func<int, int> part, ArrayBufferWriter<byte> output)
    {
        var connection = new MemoryConnection(long.MaxValue);
        var serving = new Http1Connection(connection, _context).ServeAsync();
        for (; cuts > 0 && !input.IsEmpty; cuts--)
        {
            var length = part(input.Length);
            connection.ToServer.WriteAsync(input[..length]).GetAwaiter().GetResult();
            input = input[length..];
        }
        connection.ToServer.Write(input.Span);
        connection.CloseByClient();
        if (!serving.IsCompleted) return "The engine hangs.";
        if (serving.IsFaulted) return serving.AsTask().Exception!.ToString();
        if (_logger.Failure is not null) return _logger.Failure;

        output.ResetWrittenCount();
        if (connection.FromServer.TryRead(out var result))
            foreach (var segment in result.Buffer) output.Write(segment.Span);
        connection.FromServer.Complete();
        EraseDates(output);
        return null;
    }

    private static void EraseDates(ArrayBufferWriter<byte> output)
    {
        var bytes = MemoryMarshal.AsMemory(output.WrittenMemory).Span;
        for (var at = bytes.IndexOf("\r\nDate: "u8); at >= 0; at = bytes.IndexOf("\r\nDate: "u8))
        {
            bytes = bytes[(at + 8)..];
            bytes[..29].Fill((byte)'.');
        }
    }

    /// <summary>Keeps the first thing that a client must never bring about.</summary>
    internal sealed class FailingLogger : ILogger
    {
        public string? Failure { get; private set; }

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel > LogLevel.Debug;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) Failure ??= $"{logLevel}: {formatter(state, exception)} {exception}";
        }
    }
}
