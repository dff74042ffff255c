using Endless.Examples.AspNetCore;
using Endless.Examples.AspNetCore.Accounts;
using Endless.Examples.AspNetCore.Todos;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;

// A list of todos for each user: a page, an API behind it, a login, live updates, SQLite, OpenAPI. Restart it while somebody works with the page (kill -HUP): no edit is lost, and nobody logs in again.
// The settings lie beside the program, wherever it is started.
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.WebHost.UseEndless();

builder.Services.AddSingleton<Database>().AddSingleton<AccountStore>().AddSingleton<TodoStore>();
builder.Services.AddSingleton<TodoChanges>().AddHostedService(services => services.GetRequiredService<TodoChanges>());
// The keys that encrypt the cookies are passed on: otherwise every restart would log everybody out.
builder.Services.AddDataProtection().SetApplicationName("todo").PersistKeysToEndless();
builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(options =>
{
    options.Cookie.SameSite = SameSiteMode.Strict; // cross-site request forgery: no other site's page sends the cookie
    options.ExpireTimeSpan = TimeSpan.FromDays(30);
});
builder.Services.AddAuthorization();
builder.Services.AddProblemDetails();
builder.Services.AddValidation();
builder.Services.AddOpenApi();

var app = builder.Build();
app.UseExceptionHandler();
app.UseStatusCodePages();
app.UseDefaultFiles();
app.UseStaticFiles();
app.UseAuthentication();
app.UseAuthorization();
app.MapOpenApi();
app.MapAccounts();
app.MapTodos();
app.MapGet("/pid", () => Environment.ProcessId); // who answers, for whoever restarts it and looks on

app.Lifetime.ApplicationStarted.Register(() =>
{
    foreach (var url in app.Urls) Console.WriteLine($"Listening on {new Uri(url).Authority}, pid {Environment.ProcessId}");
    Console.WriteLine($"Restart it with: kill -HUP {Environment.ProcessId}");
});
app.Run();
