using System.Text;

namespace Endless.Http.Tests.Fuzzing.Coverage;

/// <summary>Something that reads bytes which others made, and what must hold whatever they are.</summary>
internal abstract class FuzzTarget : IDisposable
{
    /// <summary>Right inputs to begin with, where the corpus has none.</summary>
    public abstract IReadOnlyList<byte[]> Seeds { get; }

    /// <summary>What went wrong once and makes no test of its own.</summary>
    public virtual IReadOnlyList<byte[]> Faults => [];

    /// <summary>How often it is tried to leave something out of an input that the corpus is to keep.</summary>
    public virtual int Tries => 400;

    /// <summary>What the format is made of.</summary>
    public virtual IReadOnlyList<byte[]> Words => [];

    /// <summary>The longest input that is tried.</summary>
    public virtual int MaxLength => 1024;

    /// <summary>Basic blocks that may be entered for an input of a length, all that <see cref="Run"/> does with it together.</summary>
    public abstract long MaxWork(int length);

    /// <summary>Bytes that may be allocated for it, those of the test among them.</summary>
    public abstract long MaxAllocated(int length);

    /// <summary>Reads it. Throws whatever must not happen.</summary>
    public abstract void Run(byte[] input);

    public virtual void Dispose() { }

    protected static byte[][] Texts(params string[] texts) => [.. texts.Select(Encoding.Latin1.GetBytes)];

    /// <summary>A number that depends on the input alone, for what a target decides by chance.</summary>
    protected static Random RandomOf(ReadOnlySpan<byte> input)
    {
        var hash = 2166136261;
        foreach (var b in input) hash = (hash ^ b) * 16777619;
        return new Random((int)hash);
    }
}
