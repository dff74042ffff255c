using System.Net;
using Endless.Http.Tests.Http1;
using Endless.Http.Tests.Processes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit.Sdk;

namespace Endless.Http.Tests.Conformance.Corpora;

/// <summary><c>./build.sh corpora</c>: the cases of Http11Probe, sent to this server and to Kestrel, and what the corpus makes of the answers.</summary>
internal static class CorporaCommand
{
    /// <returns>The exit code: 0 if this server answers as documented.</returns>
    public static async Task<int> RunAsync()
    {
        await using var endless = await ExampleProcess.TestServerAsync();
        await using var kestrel = await StartKestrelAsync();
        var address = new Uri(kestrel.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        int[] ours = [0, 0, 0], theirs = [0, 0, 0];
        var asDocumented = true;
        foreach (var probe in ProbeCase.All)
        {
            var answer = await AnswerAsync(endless.EndPoint, probe);
            var other = await AnswerAsync(new IPEndPoint(IPAddress.Loopback, address.Port), probe);
            var (verdict, otherVerdict) = (probe.Expected.Judge(answer), probe.Expected.Judge(other));
            ours[(int)verdict]++;
            theirs[(int)otherVerdict]++;
            // What is cut off is waited for here, and refused behind a half-close.
            asDocumented &= probe.IsCut || answer.ToString() == probe.Given;
            if (verdict != Verdict.Right || otherVerdict != Verdict.Right) Console.WriteLine($"{probe.Id,-40} RFC {probe.Rule,-10} {verdict,-8} {answer,-8} Kestrel: {otherVerdict,-8} {other,-8} {probe.Why}");
        }
        foreach (var (name, verdicts) in new[] { ("Endless.Http", ours), ("Kestrel", theirs) }) Console.WriteLine($"{name,-14}{verdicts[0],4} right, {verdicts[1],3} warnings, {verdicts[2],3} wrong");
        return asDocumented ? 0 : 1;
    }

    private static async Task<Answer> AnswerAsync(EndPoint server, ProbeCase probe)
    {
        var responses = new List<Response>();
        // What looks like waiting may be a machine that is busy: it counts if it is there with more patience as well. A case that is cut off is waited for, until its body is too slow.
        int[] patience = probe.IsCut ? [1] : [1, 10];
        foreach (var seconds in patience)
        {
            responses.Clear();
            try
            {
                await ProbedServer.ExchangeAsync(server, probe.Bytes, after: !probe.IsCut, responses, TimeSpan.FromSeconds(seconds));
                break;
            }
            catch (Exception exception) when (exception is IOException or XunitException)
            {
                // A reset, no more patience, or half an answer: what came before it counts.
            }
        }
        return ProbedServer.Split(responses, after: !probe.IsCut);
    }

    private static async Task<WebApplication> StartKestrelAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        var kestrel = builder.Build();
        kestrel.Run(ServeAsync);
        await kestrel.StartAsync();
        return kestrel;
    }

    /// <summary>The paths of the test server that the cases ask for.</summary>
    private static Task ServeAsync(HttpContext context) => context.Request.Path.Value switch
    {
        "/" when Allowed(context, "GET", "HEAD") => context.Response.WriteAsync("Hello, World!"),
        "/headers" when Allowed(context, "GET", "HEAD", "POST") =>
            context.Response.WriteAsync(string.Concat(context.Request.Headers.SelectMany(field => field.Value.Select(value => $"{field.Key}: {value}\n")))),
        "/" or "/headers" => Task.CompletedTask,
        "/echo" => EchoAsync(context),
        "/target" => context.Response.WriteAsync(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget),
        "" => Status(context, context.Request.Method == "OPTIONS" ? 200 : 501), // of * and of CONNECT
        _ => Status(context, 404),
    };

    private static async Task EchoAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        await context.Response.Body.WriteAsync(body.ToArray());
    }

    private static bool Allowed(HttpContext context, params string[] methods)
    {
        if (methods.Contains(context.Request.Method)) return true;
        context.Response.Headers.Allow = string.Join(", ", methods);
        context.Response.StatusCode = context.Request.Method == "OPTIONS" ? 204 : 405;
        return false;
    }

    private static Task Status(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }
}
