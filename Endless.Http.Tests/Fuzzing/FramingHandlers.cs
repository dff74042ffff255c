using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Endless.Http.Tests.Fuzzing;

/// <summary>The same handler for both servers: answers with the method, the target and the body it read, which is what two hops must agree on.</summary>
internal static class FramingHandlers
{
    public static async Task ServeAsync(ResponseWriter w, Request r) => w.Header.Set("X-Reading", await ReadAsync(r.Method, r.Target, r.BodyStream));

    public static async Task ServeAsync(HttpContext context)
    {
        var request = context.Features.GetRequiredFeature<IHttpRequestFeature>();
        context.Response.Headers["X-Reading"] = await ReadAsync(request.Method, request.RawTarget, request.Body);
    }

    private static async Task<string> ReadAsync(string method, string target, Stream body)
    {
        var reading = new Reading();
        reading.Add(method);
        reading.Add(target);
        var buffer = new byte[4096];
        while (await body.ReadAsync(buffer) is > 0 and var count) reading.Add(buffer.AsSpan(0, count));
        return reading.ToString();
    }
}
