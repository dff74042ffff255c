namespace Endless.Examples.Crud;

internal sealed record Article(string Title, string Text = "", long Id = 0);
