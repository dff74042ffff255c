using System.Security.Claims;
using Endless.Examples.AspNetCore.Accounts;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Endless.Examples.AspNetCore.Todos;

/// <summary>An account's todos, and a stream that tells when they have changed.</summary>
internal static class TodoEndpoints
{
    public static void MapTodos(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api").WithTags("Todos").RequireAuthorization();
        api.MapGet("/todos", (ClaimsPrincipal user, TodoStore todos) => todos.List(user.AccountId()));
        api.MapPost("/todos", (NewTodo todo, ClaimsPrincipal user, TodoStore todos) =>
        {
            var added = todos.Add(user.AccountId(), todo.Text);
            return TypedResults.Created($"/api/todos/{added.Id}", added);
        });
        api.MapPatch("/todos/{id:long}", (long id, TodoChange change, ClaimsPrincipal user, TodoStore todos) => Answer(todos.Change(user.AccountId(), id, change)));
        api.MapDelete("/todos/{id:long}", (long id, ClaimsPrincipal user, TodoStore todos) => Answer(todos.Remove(user.AccountId(), id)));
        api.MapGet("/events", (TodoChanges changes, CancellationToken gone) => TypedResults.ServerSentEvents(changes.StreamAsync(gone)));
    }

    private static Results<NoContent, NotFound> Answer(bool isThere) => isThere ? TypedResults.NoContent() : TypedResults.NotFound();
}
