using Endless.Http.Semantics;

namespace Endless.Http.Pipeline;

/// <summary>What a handler's response ends with, told when the handler is done and before the server has ended the response.</summary>
internal static class FinalStatus
{
    /// <summary>No head is fixed yet, and callbacks are to be called before it is, which may choose another status.</summary>
    public static bool IsOpen(ResponseWriter w) => w is ServerResponseWriter { OwesStart: true };

    /// <summary>Calls them. What they throw goes to the caller.</summary>
    public static ValueTask FixAsync(ResponseWriter w) => w is ServerResponseWriter writer ? writer.StartAsync() : default;

    /// <summary>The status: a handler that writes nothing is answered with 200, one that fails before it does with what its exception asks for.</summary>
    /// <param name="w">The response.</param>
    /// <param name="failure">What the handler failed by; null if it did not.</param>
    public static int Of(ResponseWriter w, Exception? failure)
    {
        if (failure is not null) return w.HasStarted ? w.StatusCode : Rejections.StatusOf(failure);
        var status = w.StatusCode;
        return status != 0 ? status : w is ServerResponseWriter { IsAborted: true } ? 500 : 200;
    }
}
