namespace Endless.Http.Restart;

/// <summary>A listening socket on its way between generations: the address as configured, by which the next generation asks for it, and the descriptor.</summary>
internal sealed record ListenerDescriptor(string Address, int Descriptor);
