namespace Endless.Http;

/// <summary>A certificate cannot be used; the message names the file and the reason.</summary>
public sealed class TlsCertificateException : IOException
{
    /// <summary>For a certificate that is in no file.</summary>
    public TlsCertificateException(string message) : base(message) => File = "";

    internal TlsCertificateException(string file, string reason, Exception? innerException = null)
        : base($"{file} {reason}.", innerException) => File = file;

    /// <summary>The file at fault; empty if there is none.</summary>
    public string File { get; }
}
