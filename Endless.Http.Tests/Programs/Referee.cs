using System.Globalization;
using Endless.Http.Load;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Tests.Programs;

/// <summary>
/// Judges a request when everything about it is over. What may be: the right answer to the last byte; or, from a program that does wrong, a 500 or an answer that is visibly not whole, and a
/// line in the log that names the request. Nothing else.
/// </summary>
internal sealed class Referee(StormLog log, Scoreboard scores)
{
    private static readonly TimeSpan LateWork = TimeSpan.FromSeconds(20);

    /// <summary>An answer came, or part of one.</summary>
    public async Task JudgeAsync(Visit visit, Answer answer)
    {
        visit.End();
        await visit.SettleAsync(LateWork);
        var isBroken = IsBroken(visit, answer);
        if (visit.Calls == 0 && !visit.ClientLeft) visit.Fault("answered without a call of the handler");
        if (visit.ClientLeft && visit.Program.ReadsAll && visit.Returned && visit.Calls > 0) visit.Fault("the handler took the part of a body that a client left for the whole");
        JudgeAnswer(visit, answer, isBroken);
        if (visit.TailWritten && answer.End == AnswerEnd.Whole && answer.Status == 200 && answer.Body.AsSpan().IndexOf(Tagged.Make(visit.Id, Tagged.Tail, Tagged.Line)) < 0)
            visit.Fault("a write returned normally, and its bytes are not in the answer");
        await JudgeLogAsync(visit, isBroken);

        foreach (var fault in visit.Faults) scores.Fault(visit, fault);
        scores.Count(visit, isVerified: !isBroken && visit.Faults.IsEmpty, isExpectedFailure: isBroken && visit.Faults.IsEmpty);
        log.Forget(visit);
    }

    /// <summary>The connection ended by an earlier request's doing: this one was never looked at.</summary>
    public void Drop(Visit visit)
    {
        visit.End();
        if (visit.Calls > 0) scores.Fault(visit, "handled, and not answered, behind the end of its connection");
        scores.Count(visit, isVerified: false, isExpectedFailure: visit.Calls == 0);
        log.Forget(visit);
    }

    private static bool IsBroken(Visit visit, Answer answer) => answer.End != AnswerEnd.Whole || answer.Status == 500 || visit.ClientLeft;

    private static void JudgeAnswer(Visit visit, Answer answer, bool isBroken)
    {
        var program = visit.Program;
        if (answer.End == AnswerEnd.Malformed) visit.Fault($"malformed: {answer.Detail}");
        if (answer.Status == 0) // nothing came
        {
            if (answer.End == AnswerEnd.Cut && !program.MayBreak && !visit.ClientLeft) visit.Fault($"no answer: {answer.Detail}");
            return;
        }
        var id = visit.Id.ToString(CultureInfo.InvariantCulture);
        if (string.Join(", ", answer.Values("X-Id")) is var found && found != id && !(answer.Status != 200 && visit.ClientLeft)) visit.Fault($"status {answer.Status} with X-Id \"{found}\"");

        if (visit.ClientLeft && answer.Status != 200) return; // the server's own word on a request that is no request
        if (answer.Status == 200)
        {
            if (isBroken && !program.MayBreak && !visit.ClientLeft) visit.Fault($"cut after {answer.Body.Length:#,0} bytes: {answer.Detail}");
            if (answer.End == AnswerEnd.Whole && program.NeverWhole) visit.Fault("an answer that its handler broke looks whole");
            if (answer.End != AnswerEnd.Malformed && program.Check(visit, answer.Body, answer.End == AnswerEnd.Whole) is { } wrong) visit.Fault(wrong);
            foreach (var (name, value) in answer.Trailers)
                if (value != id) visit.Fault($"the trailer {name} is \"{value}\"");
        }
        else if (answer.Status != 500 || !program.MayBreak)
        {
            visit.Fault($"status {answer.Status}: {Tagged.Show(answer.Body)}{(visit.Thrown is null ? "" : $", the handler threw {visit.Thrown.GetType().Name}: {visit.Thrown.Message}")}");
        }
        else if (Tagged.Difference("500 Internal Server Error: the server's handler failed\n"u8, answer.Body, isPrefix: answer.End != AnswerEnd.Whole) is { } other)
        {
            visit.Fault($"a 500 with another body: {other}");
        }
    }

    /// <summary>What a handler did wrong is in the log, with method, path and route; and nothing is there of those that did nothing wrong.</summary>
    private async Task JudgeLogAsync(Visit visit, bool isBroken)
    {
        // A client that leaves is no fault of the handler's, and whatever that then throws is none either.
        var isWrong = !visit.Refusals.IsEmpty || (!visit.ClientLeft && (visit.Thrown is not (null or AbortHandlerException) || (isBroken && !visit.Program.IsSilent && visit.Program.MayBreak)));
        if (isWrong)
        {
            // The line may come a moment after the end that the client sees.
            try
            {
                await Deadline.UntilAsync(() => log.Of(visit).Any(line => line.Level > LogLevel.Information && line.Names(visit)), "a line in the log names the request", LateWork);
            }
            catch (TimeoutException)
            {
                var what = visit.Thrown ?? visit.Refusals.FirstOrDefault();
                visit.Fault($"no line in the log names it ({(what is null ? "its answer was broken" : $"{what.GetType().Name}: {what.Message}")}); logged: {string.Join(" | ", log.Of(visit))}");
            }
        }
        else if (log.Of(visit).FirstOrDefault(line => line.Level > LogLevel.Debug) is { } noise)
        {
            visit.Fault($"logged: {noise}");
        }
        // Once for a request: a handler that does wrong in a loop does not fill the disk.
        foreach (var repeated in log.Of(visit).Where(line => line.Level > LogLevel.Debug).GroupBy(line => line.Event).Where(group => group.Count() > 1))
            visit.Fault($"logged {repeated.Count()} times: {repeated.First()}");
    }
}
