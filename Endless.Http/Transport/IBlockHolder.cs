namespace Endless.Http.Transport;

/// <summary>One end of a pipe whose memory is pooled blocks, some of them in the hands of whoever uses it.</summary>
internal interface IBlockHolder
{
    /// <summary>Completes this end without giving back the blocks that its user may still read or fill: they are left to the garbage collector.</summary>
    void Abandon();
}
