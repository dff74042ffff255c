using Endless.Http.Semantics;

namespace Endless.Http.Http2;

/// <summary>What can be wrong with the host of a well-formed request. What is malformed is not answered but reset (RFC 9113 section 8.1.1).</summary>
internal static class HostErrors
{
    public static readonly Rejection Missing = new(400, "neither :authority nor Host");
    public static readonly Rejection Malformed = new(400, "malformed :authority or Host field");
}
