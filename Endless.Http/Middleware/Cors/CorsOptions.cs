using Endless.Http.Settings;

namespace Endless.Http;

/// <summary>Who may read responses from a script, and what it may send. Read when the middleware is made.</summary>
public sealed class CorsOptions
{
    /// <summary>
    /// The origins that are allowed, as browsers send them: <c>https://app.example</c>, with a port where it is not the scheme's. <c>https://*.app.example</c> stands for every host below it, however deep, and not for
    /// <c>app.example</c> itself. <c>*</c>, alone, for everybody.
    /// </summary>
    public IList<string> Origins { get; set => field = Allowed.NotNull(value); } = [];

    /// <summary>Asked for origins that <see cref="Origins"/> does not have; null for none. <c>null</c> is the origin of files and sandboxed frames, anybody's: do not allow it.</summary>
    public Func<string, bool>? IsAllowed { get; set; }

    /// <summary>Methods that a script may use beyond GET, HEAD and POST, which need no leave. GET, HEAD, POST, PUT, PATCH and DELETE by default.</summary>
    public IList<string> Methods { get; set => field = Allowed.NotNull(value); } = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

    /// <summary>Header fields that a script may send: <c>Content-Type</c> for JSON, <c>Authorization</c>. None by default; <c>*</c> for all but <c>Authorization</c>.</summary>
    public IList<string> Headers { get; set => field = Allowed.NotNull(value); } = [];

    /// <summary>Header fields of responses that a script may read beyond the usual ones.</summary>
    public IList<string> ExposedHeaders { get; set => field = Allowed.NotNull(value); } = [];

    /// <summary>Requests may carry cookies, and scripts read what comes back. Never with a wildcard: every page of the web would see what the user sees.</summary>
    public bool Credentials { get; set; }

    /// <summary>How long a browser may keep the answer to a preflight. 10 minutes by default; browsers cap it at two hours or a day.</summary>
    public TimeSpan MaxAge { get; set => field = Allowed.TimerTime(value); } = TimeSpan.FromMinutes(10);

    /// <summary>Pages of the public web may ask this server, which is on a private network (Private Network Access).</summary>
    public bool PrivateNetwork { get; set; }
}
