namespace Endless.Http.AspNetCore.Hosting.Handlers;

/// <summary>A server of handlers that a host is to have.</summary>
/// <param name="Address">Where it listens, as <see cref="EndlessServer.Addr"/>.</param>
/// <param name="MakeHandler">Makes its handler, when the host starts.</param>
/// <param name="IsFirst">It is the first of the host, which has the admin listener beside it.</param>
/// <param name="Configure">Changes its settings, after the configuration's; null for nothing.</param>
internal sealed record HandlerOptions(string Address, Func<IServiceProvider, IHandler> MakeHandler, bool IsFirst, Action<EndlessServer>? Configure);
