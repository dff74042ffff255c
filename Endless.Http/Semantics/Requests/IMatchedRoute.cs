namespace Endless.Http.Semantics;

/// <summary>The route of a mux that a request was sent along, as far as the floors below the mux need to know it.</summary>
internal interface IMatchedRoute
{
    /// <inheritdoc cref="Request.Pattern"/>
    string Pattern { get; }
}
