using System.ComponentModel.DataAnnotations;

namespace Endless.Examples.AspNetCore.Todos;

public sealed class Todo
{
    public long Id { get; init; }

    public required string Text { get; init; }

    public bool Done { get; init; }
}

public sealed record NewTodo([Required, StringLength(200)] string Text);

/// <summary>What is null stays as it is.</summary>
public sealed record TodoChange([StringLength(200, MinimumLength = 1)] string? Text, bool? Done);
