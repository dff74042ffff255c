using Endless.Http.Settings;

namespace Endless.Http;

/// <summary>What a form may be, so that a client cannot make the server hold or compute more. What is beyond is answered with 413 and the reason (<see cref="HttpErrorException"/>). May be shared; not to be changed while it is in use.</summary>
public sealed class FormOptions
{
    /// <summary>The limits where none are given.</summary>
    internal static FormOptions Default { get; } = new();

    /// <summary>Bytes of a multipart body in all: 128 MiB by default; -1 for what the server allows. Does not hold for <c>r.MultipartReader()</c>, whose caller reads as much as it wants.</summary>
    public long MaxBytes { get; set => field = Allowed.ZeroOrMoreOrNone(value); } = 128 << 20;

    /// <summary>Fields and files together: 1,000 by default.</summary>
    public int MaxFields { get; set => field = Allowed.ZeroOrMore(value); } = 1000;

    /// <summary>Bytes of one name, or of one file's: 2 KiB by default.</summary>
    public int MaxNameBytes { get; set => field = Allowed.ZeroOrMore(value); } = 2 * 1024;

    /// <summary>Bytes of one value that is no file: 4 MiB by default.</summary>
    public int MaxValueBytes { get; set => field = Allowed.ZeroOrMore(value); } = 4 << 20;

    /// <summary>Bytes of all names and values that are no files, and of a body that is urlencoded: 10 MiB by default, as in Go.</summary>
    public int MaxValuesBytes { get; set => field = Allowed.ZeroOrMore(value); } = 10 << 20;

    /// <summary>Bytes of one file; -1, the default, for what <see cref="MaxBytes"/> allows.</summary>
    public long MaxFileBytes { get; set => field = Allowed.ZeroOrMoreOrNone(value); } = -1;

    /// <summary>Bytes of files that are kept in memory, of a form in all; a file that does not fit goes to a temporary file. 32 MiB by default, as in Go. Clients that send slowly hold that for as long as they do: less is safer where many upload.</summary>
    public int MaxMemoryBytes { get; set => field = Allowed.ZeroOrMore(value); } = 32 << 20;

    /// <summary>Bytes of one part's header section: 16 KiB by default.</summary>
    public int MaxPartHeaderBytes { get; set => field = Allowed.ZeroOrMore(value); } = 16 * 1024;

    /// <summary>Lines of one part's header section: 16 by default.</summary>
    public int MaxPartHeaders { get; set => field = Allowed.ZeroOrMore(value); } = 16;

    /// <summary>Where temporary files are made. They have no name there, so that they are gone with the request, and with the process whatever its end. Null, the default: the system's directory (<c>TMPDIR</c>, <c>/tmp</c>).</summary>
    public string? TempDirectory { get; set; }
}
