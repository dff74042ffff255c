using System.Globalization;
using System.Text;

namespace Endless.Http.Benchmarks;

/// <summary>The files that the servers serve, in a directory that their processes find by an environment variable.</summary>
internal static class BenchFiles
{
    private const string Variable = "ENDLESS_BENCH_FILES";

    /// <summary>Where they are; empty where there are none.</summary>
    public static string Directory => Environment.GetEnvironmentVariable(Variable) ?? "";

    /// <summary>A page of 32 KiB, as compressible as pages are.</summary>
    public static string Page { get; } = MakePage();

    /// <summary>Makes them, and tells the processes that are started from now on.</summary>
    /// <param name="directory">Removed by whoever made it.</param>
    public static void Write(string directory)
    {
        var random = new Random(18);
        var small = new byte[16 * 1024];
        random.NextBytes(small);
        File.WriteAllBytes(Path.Combine(directory, "small.bin"), small);
        File.WriteAllText(Path.Combine(directory, "page.html"), Page);
        // Sparse: a gibibyte that takes no room on the disk. The other is to warm up with.
        WriteZeros(Path.Combine(directory, "huge.bin"), 1024 * 1024 * 1024);
        WriteZeros(Path.Combine(directory, "large.bin"), 4 * 1024 * 1024);
        Environment.SetEnvironmentVariable(Variable, directory);
    }

    // Read once, so that the kernel has it in its page cache: otherwise the first server to be asked reads it for all.
    private static void WriteZeros(string path, int length)
    {
        using var file = File.Create(path);
        file.SetLength(length);
        var buffer = new byte[1024 * 1024];
        while (file.Read(buffer) > 0) { }
    }

    private static string MakePage()
    {
        var random = new Random(18);
        string[] words = ["request", "response", "server", "connection", "client", "header", "handler", "restart", "generation", "body", "stream", "the", "of", "and", "a", "is"];
        var page = new StringBuilder("<!doctype html>\n<title>A page</title>\n");
        for (var i = 0; page.Length < 32 * 1024; i++)
        {
            page.Append(CultureInfo.InvariantCulture, $"<p id=\"p{i}\" class=\"text\">");
            for (var word = 0; word < 20; word++) page.Append(words[random.Next(words.Length)]).Append(' ');
            page.Append("</p>\n");
        }
        return page.ToString(0, 32 * 1024);
    }
}
