namespace Endless.Http.AspNetCore.Connections;

/// <summary>Names connections as Kestrel's logs do, thirteen digits and capital letters that sort by time: <c>0HNC8V3A5T2QF</c>.</summary>
internal static class ConnectionNumbers
{
    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUV";

    /// <summary>Where this process's begin: no other process's, before or beside it, has the same.</summary>
    private static readonly long Start = DateTime.UtcNow.Ticks;

    /// <summary>The name of a connection.</summary>
    /// <param name="id">Its number in the process.</param>
    public static string NameOf(long id) => string.Create(13, Start + id, static (name, number) =>
    {
        for (var i = name.Length - 1; i >= 0; i--, number >>= 5) name[i] = Digits[(int)(number & 31)];
    });
}
