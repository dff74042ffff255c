namespace Endless.Http;

/// <summary>
/// Makes a handler that does something around another: before it, after it, or in its place. Go's <c>func(http.Handler) http.Handler</c>. Called once, when it is put around a handler, and not for each request.
/// </summary>
/// <param name="next">The handler behind it.</param>
/// <returns>The handler that takes its place.</returns>
public delegate IHandler MiddlewareFunc(IHandler next);
