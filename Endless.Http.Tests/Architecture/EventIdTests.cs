using System.Reflection;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Tests.Architecture;

public sealed class EventIdTests
{
    /// <summary>All floors log to one logger: what looks for an event by its id must find that one alone.</summary>
    [Fact]
    public void No_two_events_have_one_id()
    {
        var events = typeof(EndlessServer).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public))
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>()?.EventId)
            .OfType<int>().ToList();
        Assert.NotEmpty(events);
        Assert.Equal(events.Distinct(), events);
    }
}
