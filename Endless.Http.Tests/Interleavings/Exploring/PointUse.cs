namespace Endless.Http.Tests.Interleavings.Exploring;

/// <summary>Where the number of a replaced call's point goes.</summary>
internal enum PointUse
{
    /// <summary>Nowhere: others cannot see the call, or it is no matter.</summary>
    None,

    /// <summary>In front of the call.</summary>
    Before,

    /// <summary>Into the call, as its last argument.</summary>
    Argument,
}
