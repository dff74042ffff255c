namespace Endless.Http.Tests.Interleavings.Exploring;

/// <summary>eventfd(2).</summary>
internal sealed class KernelEvent : KernelFile
{
    public ulong Count { get; set; }

    public override uint Mask => Count > 0 ? Input : 0;
}
