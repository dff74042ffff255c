namespace Endless.Http;

/// <summary>One line of a directory's listing.</summary>
/// <param name="Name">A file's name, without slashes.</param>
/// <param name="IsDirectory">It is a directory.</param>
public readonly record struct ListedFile(string Name, bool IsDirectory);
