namespace Endless.Http.Connections;

/// <summary>The least rate at which a peer must take what waits for it. Kestrel's MinDataRate.</summary>
/// <param name="BytesPerSecond">Positive.</param>
/// <param name="Grace">Milliseconds that every wait may take, whatever the rate.</param>
internal sealed record LeastRate(int BytesPerSecond, long Grace)
{
    /// <summary>
    /// For so long may a peer take nothing that was faster before, in milliseconds: nginx's send_timeout. Without an end to it a megabyte taken at once would be paid with an hour of silence.
    /// </summary>
    public const long LongestCredit = 60_000;
}
