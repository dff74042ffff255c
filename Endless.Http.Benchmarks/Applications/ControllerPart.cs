using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace Endless.Http.Benchmarks.Applications;

/// <summary>MVC: an action with a parameter of its path and one of its query, whose object is formatted as JSON.</summary>
internal static class ControllerPart
{
    public static ApplicationPart Part { get; } = new(
        static builder => builder.Services.AddControllers().AddApplicationPart(typeof(GreetingsController).Assembly),
        static app => app.MapControllers());
}

/// <summary>Greets. Public, since MVC finds no other controllers.</summary>
[ApiController]
[Route("mvc/[controller]")]
public sealed class GreetingsController : ControllerBase
{
    [HttpGet("{name}")]
    public ActionResult<Greeting> Get(string name, int times = 1) => new Greeting(name, times, "Hello, World!");
}

/// <summary>What it answers.</summary>
public sealed record Greeting(string Name, int Times, string Text);
