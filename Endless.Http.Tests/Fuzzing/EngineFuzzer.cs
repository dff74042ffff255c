using System.Buffers;
using Endless.Http.Tests.Fuzzing.Coverage;

namespace Endless.Http.Tests.Fuzzing;

/// <summary>
/// Feeds pipelines to the engine in memory, and judges what comes back: what <see cref="EngineInMemory"/> and <see cref="Answer"/> have hold, unchanged requests are answered in order with what they say,
/// and another segmentation gives the same bytes.
/// </summary>
internal sealed class EngineFuzzer
{
    private readonly RequestMutator _mutator;
    private readonly EngineInMemory _engine = new(ReadingHandler.Instance);
    private readonly ArrayBufferWriter<byte> _input = new();
    private readonly ArrayBufferWriter<byte> _whole = new();
    private readonly ArrayBufferWriter<byte> _parts = new();
    private readonly List<Answer> _answers = [];
    private readonly List<int> _valid = [];
    private readonly string?[] _readings;
    private readonly int _seed;

    public EngineFuzzer(int seed)
    {
        _seed = seed;
        _mutator = new RequestMutator(seed);
        _readings = new string?[_mutator.Corpus.Count];
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
        if (!_whole.WrittenSpan.SequenceEqual(_parts.WrittenSpan)) Fail("The segmentation makes a difference: " + InputText.Encode(_parts.WrittenSpan));
        Judge();
    }

    private void Serve(ReadOnlyMemory<byte> input, int cuts, ArrayBufferWriter<byte> output)
    {
        if (_engine.Serve(input, cuts, length => _mutator.Random.Int(1, length), output) is { } fault) Fail(fault);
    }

    private void Judge()
    {
        if (Answer.TryRead(_whole.WrittenSpan, _answers) is { } fault) Fail(fault);
        var index = 0;
        foreach (var answer in _answers)
        {
            Statuses[answer.Status] = Statuses.GetValueOrDefault(answer.Status) + 1;
            if (answer.Status == 100 || index >= _valid.Count) continue;
            if (answer.Reading.Length == 0) Fail($"Valid request {index} is answered with {answer.Status}.");
            if (answer.Reading != (_readings[_valid[index]] ??= Alone(_valid[index]))) Fail($"Valid request {index} is read differently than alone.");
            index++;
        }
        if (index < _valid.Count) Fail($"Valid request {index} is not answered.");
    }

    private string Alone(int index)
    {
        var (output, answers) = (new ArrayBufferWriter<byte>(), new List<Answer>());
        Serve(_mutator.Corpus[index], cuts: 0, output);
        if (Answer.TryRead(output.WrittenSpan, answers) is { } fault) Fail(fault);
        return answers[^1].Reading;
    }

    private void Fail(string what) =>
        Assert.Fail($"{what}\nseed {_seed}, pipeline {Pipelines}:\n{InputText.Encode(_input.WrittenSpan)}\nanswers:\n{InputText.Encode(_whole.WrittenSpan)}");
}
