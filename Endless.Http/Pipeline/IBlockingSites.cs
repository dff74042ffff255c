using Endless.Http.Workers;

namespace Endless.Http.Pipeline;

/// <summary>Knows which application code a request is for, as far as that is to be known before it is called.</summary>
internal interface IBlockingSites
{
    /// <summary>The code's site. Any thread.</summary>
    BlockingSite SiteOf(Request request);
}
