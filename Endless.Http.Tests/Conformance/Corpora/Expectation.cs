namespace Endless.Http.Tests.Conformance.Corpora;

/// <summary>What Http11Probe takes for right, and what it only warns of; all else is wrong to it.</summary>
internal sealed class Expectation(Func<Answer, bool> isRight, Func<Answer, bool>? isTolerated = null)
{
    public static readonly Expectation Refused = new(a => a.IsRefused);
    public static readonly Expectation RefusedAloud = new(a => a.Status == 400);
    public static readonly Expectation RefusedOrServed = new(a => a.IsRefused, a => a.IsServed);
    public static readonly Expectation RefusedOrFound = new(a => a.IsRefused, a => a.Status is >= 200 and < 500);
    public static readonly Expectation RefusedOrUnknown = new(a => a.Status is 0 or 400 or 501);
    public static readonly Expectation RefusedOrClosed = new(a => a.Status == 400 || a.IsClosed);
    public static readonly Expectation Unsmuggled = new(a => a.Responses.Count < 2 && (a.Status == 400 || a.IsClosed));
    public static readonly Expectation TooLarge = new(a => a.Status is 0 or 400 or 431);
    public static readonly Expectation NotAllowed = new(a => a.Status is 0 or 400 or 405 or 501, a => a.IsServed);
    public static readonly Expectation NotSwitched = new(a => a.Status != 101);
    public static readonly Expectation Served = new(a => a.IsServed);
    public static readonly Expectation Survived = new(a => a.IsServed || a.IsRefused);
    public static readonly Expectation Clean = new(a => a.IsRefused || (a.IsServed && !a.Contains("\0") && !a.Contains("\u0001")));

    public static Expectation Echoed(string text) => new(a => a.IsServed && a.Responses[0].Text == text);

    /// <summary>Refused or left out is right, passed on under its own name is tolerated, passed on as the other is wrong.</summary>
    public static Expectation KeptApart(string other, string name, string value) =>
        new(a => a.Status is 0 or >= 400 || (a.IsServed && !a.Contains($"{name}: {value}") && !a.Contains($"{other}: {value}")), a => a.IsServed && a.Contains($"{name}: {value}"));

    public Verdict Judge(Answer answer) => isRight(answer) ? Verdict.Right : isTolerated is not null && isTolerated(answer) ? Verdict.Warning : Verdict.Wrong;
}
