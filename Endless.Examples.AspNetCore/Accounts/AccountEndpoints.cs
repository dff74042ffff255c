using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Endless.Examples.AspNetCore.Accounts;

/// <summary>Logging in and out, by a cookie.</summary>
internal static class AccountEndpoints
{
    public static void MapAccounts(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api").WithTags("Accounts");
        api.MapPost("/login", LogInAsync);
        api.MapPost("/logout", (HttpContext context) => context.SignOutAsync());
        api.MapGet("/me", (ClaimsPrincipal user) => new Me(user.Identity!.Name!)).RequireAuthorization();
    }

    /// <summary>The account that a request is made by.</summary>
    public static long AccountId(this ClaimsPrincipal user) => long.Parse(user.FindFirstValue(ClaimTypes.NameIdentifier)!, CultureInfo.InvariantCulture);

    private static async Task<Results<Ok<Me>, ProblemHttpResult>> LogInAsync(Login login, AccountStore accounts, HttpContext context)
    {
        if (accounts.LogIn(login.Name, login.Password) is not { } id) return TypedResults.Problem("That is not the password.", statusCode: StatusCodes.Status401Unauthorized);
        var claims = new[] { new Claim(ClaimTypes.NameIdentifier, id.ToString(CultureInfo.InvariantCulture)), new Claim(ClaimTypes.Name, login.Name) };
        var user = new ClaimsPrincipal(new ClaimsIdentity(claims, CookieAuthenticationDefaults.AuthenticationScheme));
        await context.SignInAsync(user, new AuthenticationProperties { IsPersistent = true });
        return TypedResults.Ok(new Me(login.Name));
    }
}

public sealed record Login([Required, StringLength(64)] string Name, [Required, StringLength(128, MinimumLength = 8)] string Password);

public sealed record Me(string Name);
