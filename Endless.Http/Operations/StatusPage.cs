namespace Endless.Http.Operations;

/// <summary>The page of <see cref="StatusHandler"/>, which is a resource of this assembly.</summary>
internal static class StatusPage
{
    internal static byte[] Bytes { get; } = Load();

    private static byte[] Load()
    {
        using var resource = typeof(StatusPage).Assembly.GetManifestResourceStream("StatusPage.html")!;
        var bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        return bytes;
    }
}
