namespace Endless.Http;

/// <summary>How messages of a WebSocket are compressed, where the client offers permessage-deflate (RFC 7692).</summary>
public enum WebSocketCompression
{
    /// <summary>Not at all.</summary>
    Off,

    /// <summary>Each message by itself: nothing is kept between two.</summary>
    EachMessage,

    /// <summary>
    /// A message may refer to those before it (context takeover), which makes small ones that are alike much smaller. Each socket then keeps up to 300 KiB for as long as it is open, since the client chooses
    /// whether the server's messages may, and the server whether the client's may.
    /// </summary>
    ContextTakeover,
}
