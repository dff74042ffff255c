namespace Endless.Http.Tls;

/// <summary>A <see cref="TlsConnection"/> as its two pipes see it.</summary>
internal interface ITlsLayer
{
    /// <summary>Nothing can be sent any more.</summary>
    bool IsBroken { get; }

    /// <summary>The peer's stream ended.</summary>
    void OnInputEnded();

    /// <summary>The TLS layer failed: neither direction can be used any more.</summary>
    void OnBroken(Exception exception);
}
