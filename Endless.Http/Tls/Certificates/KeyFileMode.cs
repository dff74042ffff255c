namespace Endless.Http.Tls;

/// <summary>Who may read or write a file with a private key.</summary>
internal static class KeyFileMode
{
    /// <summary>Not the group's: Debian's <c>ssl-cert</c> and its like are how several services read one key.</summary>
    private const UnixFileMode Everybody = UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>The mode, in digits, of a file that everybody may read or write; null if not everybody may, or if it cannot be told. Links are followed.</summary>
    public static string? OfOneThatIsOpenToAll(string path)
    {
        try
        {
            using var file = File.OpenHandle(path);
            var mode = File.GetUnixFileMode(file);
            return (mode & Everybody) == 0 ? null : Convert.ToString((int)mode, 8);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
