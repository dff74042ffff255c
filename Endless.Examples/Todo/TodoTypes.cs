using System.Text.Json;
using System.Text.Json.Serialization;

namespace Endless.Examples.Todo;

internal sealed record Login(string Name, string Password);

internal sealed record Me(string Name);

internal sealed record NewTodo(string Text);

/// <summary>What is null stays as it is.</summary>
internal sealed record TodoChange(string? Text = null, bool? Done = null);

internal sealed record TodoItem(long Id, string Text, bool Done);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Login))]
[JsonSerializable(typeof(Me))]
[JsonSerializable(typeof(NewTodo))]
[JsonSerializable(typeof(TodoChange))]
[JsonSerializable(typeof(List<TodoItem>))]
internal sealed partial class TodoJson : JsonSerializerContext;
