using Endless.Http.Settings;

namespace Endless.Http;

/// <summary>What an <see cref="AccessLog"/> writes. Read when the log is made.</summary>
public sealed class AccessLogOptions
{
    /// <summary>What a line looks like; <see cref="AccessLogFormat.Combined"/> by default.</summary>
    public AccessLogFormat Format { get; set; } = AccessLogFormat.Combined;

    /// <summary>Lines that may wait for the writer, 16,384 by default, each some hundred bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 1.</exception>
    public int QueueSize { get; set => field = Allowed.OneOrMore(value, int.MaxValue); } = 16 * 1024;

    /// <summary>
    /// What happens where that many wait, because the disk does not keep up: true drops lines and counts them (<see cref="AccessLog.Dropped"/>), the default; false has each request's connection wait
    /// before its next one, without holding a thread, and loses none.
    /// </summary>
    public bool DropWhenFull { get; set; } = true;

    /// <summary>Whether the query is written too, as in Apache and nginx; true by default. Queries may hold what is secret.</summary>
    public bool IncludeQuery { get; set; } = true;

    /// <summary>Who the client is, from what authentication put into <see cref="Request.Values"/>. Called when the response is over. Null, the default, for nobody.</summary>
    public Func<Request, string?>? User { get; set; }
}
