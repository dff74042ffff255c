using System.Globalization;
using System.Text;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.HttpLogging;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;

namespace Endless.Http.AspNetCore.Tests.Peers;

/// <summary>An application with most of ASP.NET Core's middlewares on.</summary>
/// <param name="files">Where its static files are.</param>
internal sealed class ConformanceApplication(string files)
{
    /// <summary>Fills a directory with the static files.</summary>
    public static void WriteFiles(string directory)
    {
        Write("small.txt", Encoding.ASCII.GetBytes("0123456789"));
        Write("empty.txt", []);
        Write("page.html", Encoding.ASCII.GetBytes("<p>" + new string('p', 5000) + "</p>"));
        Write("data.bin", [.. Enumerable.Range(0, 100_000).Select(static number => (byte)(number * 31))]);
        Write("with space.css", Encoding.ASCII.GetBytes("a{}"));

        void Write(string name, byte[] bytes)
        {
            var path = Path.Combine(directory, name);
            File.WriteAllBytes(path, bytes);
            File.SetLastWriteTimeUtc(path, new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc));
        }
    }

    public static void Configure(WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        services.AddResponseCompression(static options => options.EnableForHttps = true);
        services.AddRequestDecompression();
        services.AddResponseCaching();
        services.AddOutputCache(static options => options.AddPolicy("vary", static policy => policy.SetVaryByQuery("v").Expire(TimeSpan.FromHours(1))));
        services.AddRateLimiter(static options =>
        {
            options.RejectionStatusCode = 429;
            options.AddPolicy("few", static context => RateLimitPartition.GetFixedWindowLimiter(context.Request.Query["who"].ToString(), static _ => new FixedWindowRateLimiterOptions { PermitLimit = 2, Window = TimeSpan.FromHours(1) }));
        });
        services.AddCors(static options => options.AddDefaultPolicy(static policy => policy.WithOrigins("https://friend.example").WithMethods("GET", "PUT").WithHeaders("X-Ask").WithExposedHeaders("X-Answer").AllowCredentials().SetPreflightMaxAge(TimeSpan.FromMinutes(5))));
        services.AddAntiforgery();
        services.AddDistributedMemoryCache();
        services.AddSession();
        services.AddProblemDetails(static options => options.CustomizeProblemDetails = static problem => problem.ProblemDetails.Extensions.Remove("traceId"));
        services.AddLocalization();
        services.AddHttpLogging(static options => options.LoggingFields = HttpLoggingFields.All);
        services.AddAuthentication("cookie").AddCookie("cookie", static options => options.LoginPath = "/login");
        services.AddAuthorization();
    }

    public void Build(WebApplication application)
    {
        var forwarded = new Microsoft.AspNetCore.Builder.ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.All };
        application.UseForwardedHeaders(forwarded);
        application.UseExceptionHandler();
        application.UseStatusCodePages();
        application.UseHttpLogging();
        application.UseRequestLocalization();
        application.UseWhen(static context => context.Request.Path.StartsWithSegments("/secure"), static branch =>
        {
            branch.UseHsts();
            branch.UseHttpsRedirection();
        });
        application.UseHostFiltering();
        application.UseResponseCompression();
        application.UseRequestDecompression();
        application.UseStaticFiles(new StaticFileOptions { FileProvider = new PhysicalFileProvider(files), RequestPath = "/files" });
        application.UseDirectoryBrowser(new DirectoryBrowserOptions { FileProvider = new NullFileProvider(), RequestPath = "/browse" });
        application.UseCookiePolicy();
        application.UseRouting();
        application.UseCors();
        application.UseRateLimiter();
        application.UseAuthentication();
        application.UseAuthorization();
        application.UseAntiforgery();
        application.UseSession();
        application.UseResponseCaching();
        application.UseOutputCache();
        Simple(application);
        Bodies(application);
        Cached(application);
    }

    private static void Simple(WebApplication application)
    {
        application.MapGet("/", static () => "Hello");
        application.MapGet("/json", static () => new { Name = "json", Value = 1, Words = new[] { "a", "b" } });
        application.MapGet("/items/{id:int}", static (int id) => id == 0 ? Results.NotFound() : Results.Ok(new { id }));
        application.MapGet("/status/{code:int}", static (int code) => Results.StatusCode(code));
        application.MapGet("/problem", static () => Results.Problem("what was wrong", statusCode: 422));
        application.MapGet("/throw", static string () => throw new InvalidOperationException("mine"));
        application.MapGet("/bad", static string () => throw new BadHttpRequestException("mine", 418));
        application.MapGet("/redirect", static () => Results.Redirect("/elsewhere?a=b", permanent: true, preserveMethod: true));
        application.MapGet("/text", static () => Results.Text("h\u00e9llo", "text/plain", Encoding.UTF8));
        application.MapGet("/large", static () => Results.Text(new string('l', 50_000), "text/plain"));
        application.MapGet("/connection", static (HttpContext context) => $"{context.Connection.RemoteIpAddress} {context.Request.Scheme} {context.Request.Host} {context.Request.PathBase}");
        application.MapGet("/secure/page", static () => "secure");
        application.MapGet("/private", static () => "private").RequireAuthorization();
        application.MapGet("/cookies", static (HttpContext context) =>
        {
            context.Response.Cookies.Append("plain", "a b;c", new CookieOptions { Path = "/x", HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = true, MaxAge = TimeSpan.FromHours(1) });
            context.Response.Cookies.Delete("gone");
            return string.Join(';', context.Request.Cookies.Select(static cookie => $"{cookie.Key}={cookie.Value}"));
        });
        application.MapGet("/session", static (HttpContext context) =>
        {
            context.Session.SetInt32("count", (context.Session.GetInt32("count") ?? 0) + 1);
            return context.Session.GetInt32("count");
        });
        application.MapGet("/culture", static () => 1.5.ToString(CultureInfo.CurrentCulture));
        application.MapGet("/echo/{**rest}", static (HttpContext context, string? rest) => $"{rest} {context.Request.QueryString} {context.Request.Headers["X-Echo"]}");
        application.MapGet("/nothing", static () => Results.NoContent());
        application.MapGet("/empty", static () => { });
        application.MapMethods("/any", ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "QUERY"], static (HttpContext context) => context.Request.Method);
    }

    private static void Bodies(WebApplication application)
    {
        application.MapPost("/json", static (Person person) => new { Greeting = "Hello " + person.Name, person.Age }).DisableAntiforgery();
        application.MapPost("/optional", static (Person? person) => person?.Name ?? "nobody").DisableAntiforgery();
        application.MapPost("/form", (Delegate)Form).DisableAntiforgery();
        application.MapPost("/guarded", static async (HttpContext context, IAntiforgery antiforgery) => await antiforgery.IsRequestValidAsync(context) ? Results.Ok() : Results.BadRequest());
        application.MapPost("/raw", static async (HttpContext context) =>
        {
            var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            context.Response.ContentType = "application/octet-stream";
            await context.Response.Body.WriteAsync(body.ToArray());
        });
        application.MapPost("/unread", static () => "unread");
        application.MapPost("/small", static async (HttpContext context) =>
        {
            context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = 10;
            return (await new StreamReader(context.Request.Body).ReadToEndAsync()).Length;
        });
        application.MapGet("/stream", static () => Pieces());
        application.MapGet("/pieces", static async (HttpContext context) =>
        {
            for (var number = 0; number < 5; number++)
            {
                await context.Response.WriteAsync($"piece {number}\n");
                await context.Response.Body.FlushAsync();
            }
        });
    }

    private void Cached(WebApplication application)
    {
        application.MapGet("/cached", static () => "cached").CacheOutput();
        application.MapGet("/cached/vary", static (string? v) => "vary " + v).CacheOutput("vary");
        application.MapGet("/response-cached", static (HttpContext context) =>
        {
            context.Response.GetTypedHeaders().CacheControl = new Microsoft.Net.Http.Headers.CacheControlHeaderValue { Public = true, MaxAge = TimeSpan.FromHours(1) };
            return "response cached";
        });
        application.MapGet("/limited", static () => "let in").RequireRateLimiting("few");
        application.MapGet("/cross", static (HttpContext context) =>
        {
            context.Response.Headers["X-Answer"] = "yes";
            return "cross";
        });
        var file = Path.Combine(files, "data.bin");
        application.MapGet("/file", () => Results.File(file, "application/octet-stream", enableRangeProcessing: true, lastModified: new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), entityTag: new Microsoft.Net.Http.Headers.EntityTagHeaderValue("\"tag\"")));
        application.MapGet("/download", () => Results.File(file, "application/octet-stream", "n\u00e4me.bin"));
        application.MapGet("/sent", (HttpContext context) => context.Response.SendFileAsync(file, 100, 1000));
        application.MapGet("/sent/whole", (HttpContext context) => context.Response.SendFileAsync(file));
        application.MapGet("/sent/too-far", (HttpContext context) => context.Response.SendFileAsync(file, 99_999, 1000));
        application.MapGet("/sent/missing", (HttpContext context) => context.Response.SendFileAsync(file + ".none"));
    }

    private static async Task<string> Form(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync();
        return string.Join('&', form.Select(static pair => $"{pair.Key}={pair.Value}")) + string.Concat(form.Files.Select(static file => $" {file.FileName}:{file.Length}"));
    }

    private static async IAsyncEnumerable<int> Pieces()
    {
        for (var number = 0; number < 5; number++)
        {
            await Task.Yield();
            yield return number;
        }
    }

    private sealed record Person(string Name, int Age);
}
