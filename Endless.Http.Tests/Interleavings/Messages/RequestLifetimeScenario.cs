using Endless.Http.Tests.Interleavings.Exploring;
using Endless.Http.Tests.Messages;

namespace Endless.Http.Tests.Interleavings.Messages;

/// <summary>
/// Handlers' flows write, read, search and change headers, while the engine ends their request: overlapping writes and reads are refused, nobody is inside when the end is complete, whoever comes
/// later is refused, a misuse is told once, and the end comes.
/// </summary>
internal sealed class RequestLifetimeScenario : Scenario
{
    private readonly FakeExchange _exchange = new();
    private Request _request = null!;
    private int _inside;
    private int _writing;
    private int _reading;
    private int _inFields;
    private int _refused;
    private int _overlaps;
    private bool _isOver;
    private bool _hadOverlap;

    public override string[] Watched => [nameof(Request)];

    public override void Begin(Execution run)
    {
        _request = _exchange.Begin();
        run.Add("writer", Write);
        run.Add("writer", Write);
        run.Add("reader", Read);
        run.Add("header", ChangeFields);
        run.AddFlow("engine", EndAsync);
    }

    public override void Check()
    {
        Assert.InRange(_writing, 0, 1);
        Assert.InRange(_reading, 0, 1);
        Assert.InRange(_inFields, 0, 1);
        Assert.False(_isOver && _inside > 0, "The engine goes on with somebody inside.");
    }

    public override void End()
    {
        Assert.True(_isOver && _request.IsOver);
        Assert.Equal(_refused > 0 ? 1 : 0, _exchange.LateUses.Count + _exchange.Overlaps.Count);
        Assert.True(_overlaps > 0 == _hadOverlap, "The engine did not know of an overlap as it ended the response.");
    }

    private void Write()
    {
        var wasOver = _isOver;
        try
        {
            _request.EnterWrite("write");
        }
        catch (InvalidOperationException exception)
        {
            _refused++;
            if (!exception.Message.Contains("is over", StringComparison.Ordinal)) _overlaps++;
            return;
        }
        Assert.False(wasOver, "In after the end.");
        _inside++;
        _writing++;
        Pass();
        _writing--;
        _inside--;
        _request.LeaveWrite();
    }

    private void Read()
    {
        var wasOver = _isOver;
        try
        {
            _request.EnterRead("read");
        }
        catch (InvalidOperationException)
        {
            _refused++;
            return;
        }
        Assert.False(wasOver, "In after the end.");
        _inside++;
        _reading++;
        Pass();
        _reading--;
        _inside--;
        _request.LeaveRead();
    }

    private void ChangeFields()
    {
        var wasOver = _isOver;
        if (!_request.TryEnterFields()) return;
        Assert.False(wasOver, "In after the end.");
        _inside++;
        _inFields++;
        Pass();
        _inFields--;
        _inside--;
        _request.LeaveFields();
    }

    private async Task EndAsync()
    {
        await _request.EndAsync(body: null).ConfigureAwait(false);
        _isOver = true;
        _hadOverlap = _request.HasOverlap;
    }
}
