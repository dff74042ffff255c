using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Endless.Http.Http1;
using Endless.Http.Protocols;
using Endless.Http.Tests.Protocols;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Tests.Fuzzing;

/// <summary>
/// Feeds pipelines to the engine in memory, on one thread, and judges what comes back: nothing is logged above debug, the engine is done when the client is
/// (a hang cannot hide: no timer and no other thread takes part), unchanged requests are answered in order with what they say, behind a refusal
/// comes nothing, and another segmentation gives the same bytes.
/// </summary>
internal sealed class EngineFuzzer
{
    private static readonly byte[] ReadingField = "X-Reading: "u8.ToArray();

    private readonly RequestMutator _mutator;
    private readonly ProtocolContext _context;
    private readonly FailingLogger _logger = new();
    private readonly ArrayBufferWriter<byte> _input = new();
    private readonly ArrayBufferWriter<byte> _whole = new();
    private readonly ArrayBufferWriter<byte> _parts = new();
    private readonly List<int> _valid = [];
    private readonly byte[]?[] _readings;
    private readonly int _seed;

    public EngineFuzzer(int seed)
    {
        _seed = seed;
        _mutator = new RequestMutator(seed);
        _readings = new byte[]?[_mutator.Corpus.Count];
        _context = new ProtocolContext { Handler = ReadingHandler.Instance, Logger = _logger };
    }

    /// <summary>Requests fed to the engine, each counted once for each segmentation.</summary>
    public long Requests { get; private set; }

    /// <summary>Pipelines so far.</summary>
    public long Pipelines { get; private set; }

    /// <summary>How many responses there were with each status.</summary>
    public SortedDictionary<int, long> Statuses { get; } = [];

    /// <summary>One pipeline, whole and in parts.</summary>
    /// <exception cref="Xunit.Sdk.XunitException">An oracle was violated: the message holds the seed, the pipeline's number and its bytes.</exception>
    public void Step()
    {
        Pipelines++;
        _input.ResetWrittenCount();
        _valid.Clear();
        var count = _mutator.WritePipeline(_input, _valid);
        Requests += 2 * count;

        Serve(_input.WrittenMemory, cuts: 0, _whole);
        Serve(_input.WrittenMemory, cuts: _mutator.Random.Int(1, 6), _parts);
        if (!_whole.WrittenSpan.SequenceEqual(_parts.WrittenSpan)) Fail("The segmentation makes a difference: " + Text(_parts.WrittenSpan));
        Judge(_whole.WrittenSpan);
    }

    private void Serve(ReadOnlyMemory<byte> input, int cuts, ArrayBufferWriter<byte> output)
    {
        var connection = new MemoryConnection(long.MaxValue);
        var serving = new Http1Connection(connection, _context).ServeAsync();
        for (; cuts > 0 && !input.IsEmpty; cuts--)
        {
            var part = _mutator.Random.Int(1, input.Length);
            connection.ToServer.WriteAsync(input[..part]).GetAwaiter().GetResult();
            input = input[part..];
        }
        connection.ToServer.Write(input.Span);
        connection.CloseByClient();
        if (!serving.IsCompleted) Fail("The engine hangs.");
        if (_logger.Failure is not null) Fail(_logger.Failure);

        output.ResetWrittenCount();
        if (connection.FromServer.TryRead(out var result))
            foreach (var segment in result.Buffer) output.Write(segment.Span);
        connection.FromServer.Complete();
        EraseDates(output);
    }

    private void Judge(ReadOnlySpan<byte> answers)
    {
        var closed = false;
        var index = 0;
        while (!answers.IsEmpty)
        {
            if (closed) Fail("Something is answered behind the end of the connection.");
            var end = answers.IndexOf("\r\n\r\n"u8);
            if (end < 0 || !answers.StartsWith("HTTP/1.1 "u8) || !int.TryParse(answers.Slice(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status))
            {
                Fail("This is no response: " + Text(answers));
                return;
            }
            var head = answers[..(end + 2)];
            answers = answers[(end + 4)..];
            Statuses[status] = Statuses.GetValueOrDefault(status) + 1;
            if (status == 100) continue;

            closed = head.IndexOf("Connection: close\r\n"u8) >= 0;
            if (status >= 400)
            {
                if (!closed) Fail("A refusal without a close.");
                // What a HEAD gets has a length and no body; a refusal is the last thing sent, so its body is all that may follow.
                if (!answers.IsEmpty && answers.Length != Length(head)) Fail("Something is answered behind a refusal.");
                answers = default;
            }
            if (index >= _valid.Count) continue;
            var reading = Reading(head);
            if (reading.IsEmpty) Fail($"Valid request {index} is answered with {status}.");
            var known = _readings[_valid[index]] ??= Alone(_valid[index]);
            if (!reading.SequenceEqual(known)) Fail($"Valid request {index} is read differently than alone.");
            index++;
        }
        if (index < _valid.Count) Fail($"Valid request {index} is not answered.");
    }

    private byte[] Alone(int index)
    {
        var output = new ArrayBufferWriter<byte>();
        Serve(_mutator.Corpus[index], cuts: 0, output);
        return Reading(output.WrittenSpan).ToArray();
    }

    private static ReadOnlySpan<byte> Reading(ReadOnlySpan<byte> head)
    {
        var at = head.IndexOf(ReadingField);
        return at < 0 ? default : head.Slice(at + ReadingField.Length, 16);
    }

    private static int Length(ReadOnlySpan<byte> head)
    {
        var at = head.IndexOf("Content-Length: "u8);
        if (at < 0) return 0;
        var value = head[(at + 16)..];
        return int.Parse(value[..value.IndexOf((byte)'\r')], NumberStyles.None, CultureInfo.InvariantCulture);
    }

    // A second may end between two runs.
    private static void EraseDates(ArrayBufferWriter<byte> output)
    {
        var bytes = MemoryMarshal.AsMemory(output.WrittenMemory).Span;
        for (var at = bytes.IndexOf("\r\nDate: "u8); at >= 0; at = bytes.IndexOf("\r\nDate: "u8))
        {
            bytes = bytes[(at + 8)..];
            bytes[..29].Fill((byte)'.');
        }
    }

    private void Fail(string what) =>
        Assert.Fail($"{what}\nseed {_seed}, pipeline {Pipelines}:\n{Text(_input.WrittenSpan)}\nanswers:\n{Text(_whole.WrittenSpan)}");

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        foreach (var b in bytes)
        {
            if (b is >= 0x20 and < 0x7f) text.Append((char)b);
            else text.Append(CultureInfo.InvariantCulture, $"\\x{b:x2}");
        }
        return text.ToString();
    }

    /// <summary>Keeps the first thing that a client must never bring about.</summary>
    private sealed class FailingLogger : ILogger
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
