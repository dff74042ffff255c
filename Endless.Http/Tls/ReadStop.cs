namespace Endless.Http.Tls;

/// <summary>Why a read of the connection ended without bytes for SslStream.</summary>
internal enum ReadStop
{
    /// <summary>The peer closed its side, or the connection is broken or aborted.</summary>
    Ended,

    /// <summary>Canceled, asked to leave, or its deadline passed.</summary>
    Canceled,

    /// <summary><see cref="CipherStream.ReadToken"/> fired.</summary>
    TokenCanceled,
}
