namespace Endless.Http.Http2;

/// <summary>What the server allows a client of HTTP/2, with the reasons for the figures.</summary>
internal static class Http2Limits
{
    /// <summary>Streams open at a time, and handlers running at a time (SETTINGS_MAX_CONCURRENT_STREAMS). Go's figure.</summary>
    public const int MaxConcurrentStreams = 250;

    /// <summary>
    /// What a client may send on a stream before its handler reads (SETTINGS_INITIAL_WINDOW_SIZE): the protocol's initial value, so that it
    /// holds before the client has seen any SETTINGS.
    /// </summary>
    public const int StreamWindow = 65_535;

    /// <summary>What the window of a stream grows to while its handler keeps up: 1 GB/s at a round trip of 1 ms.</summary>
    public const int MaxStreamWindow = 1024 * 1024;

    /// <summary>What all streams together may grow beyond <see cref="StreamWindow"/>.</summary>
    public const int MaxWindowGrowth = 8 * 1024 * 1024;

    /// <summary>
    /// What a client may send on the connection: the sum of what it may send on the streams, so that streams whose handlers do not read
    /// can never stall the others.
    /// </summary>
    public const int ConnectionWindow = MaxConcurrentStreams * StreamWindow + MaxWindowGrowth;

    /// <summary>
    /// Frames that ask for work and carry nothing (PING, SETTINGS, PRIORITY, WINDOW_UPDATE, empty DATA, frames on closed streams, unknown types):
    /// so many in a burst, and so many a second. Useful traffic earns more: <see cref="EarnedByData"/> and <see cref="EarnedByRequest"/>.
    /// CVE-2019-9512, -9515, -9518.
    /// </summary>
    public const int ControlBurst = 1_000;

    /// <inheritdoc cref="ControlBurst"/>
    public const int ControlPerSecond = 100;

    /// <summary>A DATA frame sent is answered by WINDOW_UPDATE on its stream and on the connection, by careful clients for every piece they consume.</summary>
    public const int EarnedByData = 10;

    /// <summary>Some clients send PRIORITY or WINDOW_UPDATE with each request.</summary>
    public const int EarnedByRequest = 4;

    /// <summary>
    /// Requests that were cut short, by the client's RST_STREAM or by a stream error it provoked: so many in a burst, and so many a second; each that
    /// is answered in full earns one more. Rapid reset, CVE-2023-44487 and CVE-2025-8671. A browser that leaves a page cancels a hundred.
    /// </summary>
    public const int ResetBurst = 250;

    /// <inheritdoc cref="ResetBurst"/>
    public const int ResetsPerSecond = 50;

    /// <summary>
    /// Frames of one header block, besides one for each <see cref="MeanFragment"/> octets that a block may have. CVE-2024-27316: a block without end, of small
    /// frames. Clients fill theirs, of 16 KiB.
    /// </summary>
    public const int ContinuationAllowance = 16;

    /// <inheritdoc cref="ContinuationAllowance"/>
    public const int MeanFragment = 4 * 1024;

    /// <summary>
    /// Octets that a header section may have by reference to the tables: each entry of a full table twice. A section that says one entry again and again is an HPACK bomb (CVE-2016-6581): 125 octets of
    /// references to a cookie of 4,000 held 1.3 MB.
    /// </summary>
    public const int MaxReferenced = 2 * Hpack.HpackDecoder.DefaultTableSize;

    /// <summary>Octets of header blocks that are decoded before other connections have their turn: a millisecond's work at the worst.</summary>
    public const int DecodedPerTurn = 16 * 1024;

    /// <summary>Octets of frames that wait for the send before them where a client reads: they do not count in the process's budget.</summary>
    public const int UsualOutput = 128 * 1024;

    /// <summary>Octets of control frames that may wait to be sent although the client, which brings them about, does not read.</summary>
    public const int MaxControlOutput = 1024 * 1024;

    /// <summary>Octets of all frames that may wait: mostly of header sections, since DATA waits in its stream. 250 answers at a time with sections of 64 KiB have room.</summary>
    public const int MaxOutput = 16 * 1024 * 1024;

    /// <summary>Octets of the payload of a frame that is sent, whatever the client takes (up to 16 MiB): the frames of other streams wait behind it.</summary>
    public const int MaxSentFrameSize = 64 * 1024;

    /// <summary>How long a stream may have data to send and get no window from the client where no least rate says so: milliseconds. CVE-2019-9511, CVE-2019-9517.</summary>
    public const long StallTimeout = 300_000;

    /// <summary>How often the streams of a busy connection are looked over for <see cref="StallTimeout"/>: milliseconds.</summary>
    public const long StallCheckInterval = 60_000;

    /// <summary>
    /// Octets that are read and thrown away where the client need not have sent them, after GOAWAY and of a request that its handler did not read: what a
    /// fast network brings in a moment, not a way to keep the server reading.
    /// </summary>
    public const int MaxDiscard = 64 * 1024 * 1024;

    /// <summary>Octets that a request may still have behind its answer before it is stopped: half a window, so that the window is not opened for them.</summary>
    public const int MaxDiscardBehindAnswer = StreamWindow / 2;
}
