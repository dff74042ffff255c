namespace Endless.Http.Pipeline;

/// <summary>A handler that chooses itself on which threads its parts run, and names them to who looks for handlers that block: a server does not do that for it.</summary>
internal interface ISelfScheduledHandler : IHandler;
