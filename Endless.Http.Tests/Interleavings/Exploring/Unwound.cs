namespace Endless.Http.Tests.Interleavings.Exploring;

/// <summary>The run is over: what still waits is brought to an end by this.</summary>
internal sealed class Unwound : Exception
{
    public Unwound() : base("The run is over.") { }
}
