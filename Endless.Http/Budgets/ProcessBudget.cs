namespace Endless.Http.Budgets;

/// <summary>What clients may make a process hold, by kind. Each limit is a part of the memory that the process may have, so that all of them together leave half of it. Thread-safe.</summary>
internal sealed class ProcessBudget
{
    /// <summary>What a stream holds with its handler, its request and its response: bytes.</summary>
    private const long StreamBytes = 8 * 1024;

    /// <summary>What a TLS handshake holds while it is under way, in OpenSSL and here: bytes.</summary>
    private const long HandshakeBytes = 64 * 1024;

    private const long Mebi = 1024 * 1024;

    /// <summary>For the memory of this process: its control group's or that of its heap's hard limit, where there is one.</summary>
    public ProcessBudget() : this(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)
    {
    }

    /// <summary>For so much memory.</summary>
    public ProcessBudget(long memory)
    {
        // Octets, of which each becomes a character of two bytes.
        Heads = new("header_bytes", Math.Max(memory / 16, 2 * Mebi));
        Bodies = new("body_bytes", Math.Max(memory / 8, 2 * Mebi));
        Unsent = new("unsent_bytes", Math.Max(memory / 8, 2 * Mebi));
        Streams = new("streams", Math.Clamp(memory / 8 / StreamBytes, 500, 1_000_000));
        Handshakes = new("handshakes", Math.Clamp(memory / 16 / HandshakeBytes, 32, 10_000));
        HandshakePlaces = new Places(Handshakes);
    }

    /// <summary>Octets of header sections: of HTTP/2 those of requests under way, of HTTP/1 those that have come in part.</summary>
    public Budget Heads { get; }

    /// <summary>Octets of request bodies over HTTP/2 that came and were not read.</summary>
    public Budget Bodies { get; }

    /// <summary>Octets of responses that were copied and wait for their clients.</summary>
    public Budget Unsent { get; }

    /// <summary>Streams of HTTP/2 that are open, or whose handler runs.</summary>
    public Budget Streams { get; }

    /// <summary>TLS handshakes under way.</summary>
    public Budget Handshakes { get; }

    /// <summary>Where handshakes wait for their turn.</summary>
    public Places HandshakePlaces { get; }

    /// <summary>All of them.</summary>
    public IReadOnlyList<Budget> All => [Heads, Bodies, Unsent, Streams, Handshakes];
}
