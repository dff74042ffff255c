using System.Runtime.CompilerServices;
using Endless.Http.Settings;

namespace Endless.Http;

public sealed partial class EndlessServer
{
    /// <summary><see cref="ReadTimeout"/> of servers made from now on; zero, the default, or negative means none. endless's <c>DefaultReadTimeOut</c>.</summary>
    public static TimeSpan DefaultReadTimeout { get; set; }

    /// <summary><see cref="WriteTimeout"/> of servers made from now on; zero, the default, or negative means none. endless's <c>DefaultWriteTimeOut</c>.</summary>
    public static TimeSpan DefaultWriteTimeout { get; set; }

    /// <summary><see cref="MaxHeaderBytes"/> of servers made from now on; zero, the default, means 1 MiB, 256 MiB are the most. endless's <c>DefaultMaxHeaderBytes</c>.</summary>
    public static int DefaultMaxHeaderBytes { get; set => field = Allowed.ZeroOrMore(value, MostHeaderBytes); }

    /// <summary><see cref="HammerTime"/> of servers made from now on; 60 s by default, negative disables, zero closes at once. endless's <c>DefaultHammerTime</c>.</summary>
    public static TimeSpan DefaultHammerTime { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>A server that does not listen yet. endless's <c>NewServer</c>.</summary>
    /// <param name="addr">Where to listen, see <see cref="Addr"/>. Checked when the server starts.</param>
    /// <param name="handler">Called for each request; null means <see cref="ServeMux.Default"/>.</param>
    [OverloadResolutionPriority(1)] // so that a plain null means this one
    public static EndlessServer NewServer(string addr, IHandler? handler = null)
    {
        ArgumentNullException.ThrowIfNull(addr);
        return new EndlessServer(addr, handler, ProcessComposition.Generation);
    }

    /// <inheritdoc cref="NewServer(string, IHandler?)"/>
    /// <param name="addr">Where to listen, see <see cref="Addr"/>. Checked when the server starts.</param>
    /// <param name="handler">Called for each request.</param>
    public static EndlessServer NewServer(string addr, HandlerFunc handler) => NewServer(addr, Endless.Http.Handler.From(handler));

    /// <inheritdoc cref="NewServer(string, HandlerFunc)"/>
    public static EndlessServer NewServer(string addr, AsyncHandlerFunc handler) => NewServer(addr, Endless.Http.Handler.From(handler));

    /// <summary>Makes a server and serves until it has stopped. Go's and endless's <c>ListenAndServe</c>.</summary>
    /// <inheritdoc cref="NewServer(string, IHandler?)" path="/param"/>
    /// <inheritdoc cref="ListenAndServe()" path="/exception"/>
    [OverloadResolutionPriority(1)]
    public static void ListenAndServe(string addr, IHandler? handler = null) => NewServer(addr, handler).ListenAndServe();

    /// <inheritdoc cref="ListenAndServe(string, IHandler?)"/>
    public static void ListenAndServe(string addr, HandlerFunc handler) => NewServer(addr, handler).ListenAndServe();

    /// <inheritdoc cref="ListenAndServe(string, IHandler?)"/>
    public static void ListenAndServe(string addr, AsyncHandlerFunc handler) => NewServer(addr, handler).ListenAndServe();

    /// <summary>Makes a server and serves over TLS until it has stopped. Go's and endless's <c>ListenAndServeTLS</c>.</summary>
    /// <param name="addr">Where to listen, see <see cref="Addr"/>.</param>
    /// <param name="certFile">The certificate's file, see <see cref="TlsCertificate.FromFile"/>.</param>
    /// <param name="keyFile">The private key's file; null or empty if <paramref name="certFile"/> holds the key too.</param>
    /// <param name="handler">Called for each request; null means <see cref="ServeMux.Default"/>.</param>
    /// <inheritdoc cref="ListenAndServeTLS(string?, string?)" path="/exception"/>
    [OverloadResolutionPriority(1)]
    public static void ListenAndServeTLS(string addr, string certFile, string? keyFile, IHandler? handler) =>
        NewServer(addr, handler).ListenAndServeTLS(certFile, keyFile);

    /// <inheritdoc cref="ListenAndServeTLS(string, string, string?, IHandler?)"/>
    public static void ListenAndServeTLS(string addr, string certFile, string? keyFile, HandlerFunc handler) =>
        NewServer(addr, handler).ListenAndServeTLS(certFile, keyFile);

    /// <inheritdoc cref="ListenAndServeTLS(string, string, string?, IHandler?)"/>
    public static void ListenAndServeTLS(string addr, string certFile, string? keyFile, AsyncHandlerFunc handler) =>
        NewServer(addr, handler).ListenAndServeTLS(certFile, keyFile);
}
