using Endless.Http.Generations;
using Microsoft.Extensions.Logging.Abstractions;

namespace Endless.Http.Tests.Restart;

/// <summary>An answer that comes as its time ends is queued behind the timer: it must not pass for the answer to another question, nor be acted on twice.</summary>
public sealed class StateQuestionTests
{
    private readonly List<GenerationEvent> _posted = [];
    private readonly StateQuestion _question;

    public StateQuestionTests() => _question = new StateQuestion(_posted.Add, () => NullLogger.Instance);

    /// <summary>Without an application to ask, the answer is posted before the question returns.</summary>
    private int AskAndAnswer()
    {
        _question.Ask();
        return Assert.IsType<GenerationEvent.StateGiven>(_posted[^1]).Question;
    }

    [Fact]
    public void An_answer_is_awaited_until_there_is_another_question()
    {
        var first = AskAndAnswer();
        Assert.True(_question.IsAwaited(first));
        var second = AskAndAnswer();
        Assert.False(_question.IsAwaited(first));
        Assert.True(_question.IsAwaited(second));
    }

    [Fact]
    public void An_answer_that_has_been_acted_on_is_awaited_no_more()
    {
        var number = AskAndAnswer();
        _question.TakeAnswer();
        Assert.False(_question.IsAwaited(number));
    }

    [Fact]
    public void A_refusal_says_which_question_it_refuses()
    {
        using var refused = new ManualResetEventSlim();
        var question = new StateQuestion(
            happened =>
            {
                _posted.Add(happened);
                refused.Set();
            },
            () => NullLogger.Instance)
        {
            StateToNext = () => throw new InvalidOperationException("no state"),
        };
        question.Ask();
        Assert.True(refused.Wait(RestartFixture.Long));
        Assert.True(question.IsAwaited(Assert.IsType<GenerationEvent.StateRefused>(_posted[^1]).Question));
    }
}
