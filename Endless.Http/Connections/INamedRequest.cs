namespace Endless.Http.Connections;

/// <summary>A request, for the log. Immutable: any thread, also when the request is over.</summary>
internal interface INamedRequest
{
    /// <summary>Method and path as sent, without control characters; of a long one the first characters and an ellipsis.</summary>
    string NameWithin(int length);
}
