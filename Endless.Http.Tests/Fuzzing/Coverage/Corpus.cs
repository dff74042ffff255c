using System.Runtime.CompilerServices;

namespace Endless.Http.Tests.Fuzzing.Coverage;

/// <summary>The inputs that are known to go different ways, in files of one line each: those in the repository, and those that runs on this machine have found since.</summary>
/// <param name="target">Of which target.</param>
internal sealed class Corpus(string target)
{
    private readonly string _kept = Path.Combine(Folder(), "..", "Corpus", $"{target}.txt");
    private readonly string _found = Path.Combine(Folder(), "..", "..", "..", ".build", "fuzz", $"{target}.txt");

    /// <summary>What the repository keeps.</summary>
    public List<byte[]> Kept() => Read(_kept);

    /// <summary>What was found on this machine; <c>fuzz minimise</c> takes it over.</summary>
    public List<byte[]> Found() => Read(_found);

    /// <summary>Notes what was found.</summary>
    public void Add(IEnumerable<byte[]> inputs)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_found)!);
        File.AppendAllLines(_found, inputs.Select(input => InputText.Encode(input)));
    }

    /// <summary>Replaces what the repository keeps, and forgets what was found.</summary>
    public void Keep(IEnumerable<byte[]> inputs)
    {
        File.WriteAllLines(_kept, inputs.Select(input => InputText.Encode(input)));
        File.Delete(_found);
    }

    private static List<byte[]> Read(string file) => File.Exists(file) ? [.. File.ReadLines(file).Select(InputText.Decode)] : [];

    private static string Folder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
