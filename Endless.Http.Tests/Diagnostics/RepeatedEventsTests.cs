using System.Text.RegularExpressions;
using Endless.Http.Load;
using Endless.Http.Logging;
using Endless.Http.Semantics;
using Endless.Http.Tests.Processes;

namespace Endless.Http.Tests.Diagnostics;

/// <summary>A client that asks again and again for what fails does not have the log written each time.</summary>
public sealed class RepeatedEventsTests
{
    private const int Failures = 1_000;

    [Fact]
    public async Task Equal_failures_are_written_some_times_and_then_counted()
    {
        using var directory = new TempDirectory();
        using var file = File.Open(directory["log"], FileMode.Create, FileAccess.Write, FileShare.ReadWrite);
        var log = new ConsoleLogger(1, descriptor: (int)file.SafeFileHandle.DangerousGetHandle());
        for (var i = 0; i < Failures; i++) log.HandlerFailed("GET", $"/a/{i}", "/a/", i, new InvalidOperationException($"{i}"));
        log.HandlerFailed("GET", "/b", "/b", 1, new InvalidOperationException("of another route"));
        log.HandlerFailed("GET", "/a/", "/a/", 1, new FormatException("of another type"));

        string Text() => File.ReadAllText(directory["log"]);
        const string Told = "([0-9]+) more events like this were not written: id 50, route \"/a/\", System.InvalidOperationException";
        await Deadline.UntilAsync(() => Regex.Matches(Text(), Told).Sum(told => int.Parse(told.Groups[1].Value)) + Regex.Count(Text(), "GET /a/[0-9]+ ") == Failures, "all are written or counted");
        var seconds = 1 + Regex.Count(Text(), Told); // a slow machine takes more than one
        Assert.InRange(Regex.Count(Text(), "GET /a/[0-9]+ "), RepeatedEvents.Most, RepeatedEvents.Most * seconds);
        Assert.Contains("of another route", Text());
        Assert.Contains("of another type", Text());
    }

    [Fact]
    public void After_a_second_they_are_written_again()
    {
        var events = new RepeatedEvents((_, _) => { });
        var kind = new RepeatedEvents.Kind(50, "/", null);
        for (var i = 0; i < RepeatedEvents.Most; i++) Assert.True(events.Admit(kind, 0));
        Assert.True(events.Admit(kind, RepeatedEvents.Period));
        for (var i = 1; i < RepeatedEvents.Most; i++) Assert.True(events.Admit(kind, RepeatedEvents.Period));
        Assert.False(events.Admit(kind, RepeatedEvents.Period));
    }

    [Fact]
    public void Kinds_beyond_a_thousand_are_one()
    {
        var events = new RepeatedEvents((_, _) => { });
        for (var i = 0; i < 1_000; i++) Assert.True(events.Admit(new(i, "/", null), 0));
        var admitted = Enumerable.Range(1_000, 1_000).Count(i => events.Admit(new(i, "/", null), 0));
        Assert.Equal(RepeatedEvents.Most, admitted);
    }
}
