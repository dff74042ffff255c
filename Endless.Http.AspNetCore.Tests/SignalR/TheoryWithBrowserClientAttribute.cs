using Endless.Http.Tests.Processes;

namespace Endless.Http.AspNetCore.Tests.SignalR;

/// <summary>A test of SignalR's client for browsers in a browser: skipped, and says why, where one of the two is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TheoryWithBrowserClientAttribute : TheoryAttribute
{
    public TheoryWithBrowserClientAttribute()
    {
        if (Tool.Find("chromium") is null) Skip = "not installed: chromium";
        else if (!BrowserPage.HasScripts) Skip = "not installed: @microsoft/signalr and @microsoft/signalr-protocol-msgpack, which ./build.sh test has from npm";
    }
}
