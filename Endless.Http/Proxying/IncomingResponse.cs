using System.Buffers;
using System.Net.Http.Headers;
using Endless.Http.Semantics;

namespace Endless.Http.Proxying;

/// <summary>Passes a destination's response on to the client.</summary>
internal sealed class IncomingResponse(ReverseProxyOptions options, ResponseWriter w, HttpResponseMessage response)
{
    private const int PieceSize = 32 * 1024;

    /// <summary>Puts status and fields into the client's response, of which nothing is sent yet.</summary>
    /// <exception cref="ReverseProxyException">They are not what a response can have.</exception>
    public void CopyHead()
    {
        if ((int)response.StatusCode is < 200 or > 999) throw new ReverseProxyException(502, $"The destination answered with status {(int)response.StatusCode}, which ends no request.");
        CheckFraming();
        CheckValues(response.Headers.NonValidated);
        CheckValues(response.Content.Headers.NonValidated);
        w.StatusCode = (int)response.StatusCode;
        CopyFields();
    }

    /// <summary>Copies the body and what follows it. Each piece goes out when the destination has sent no more.</summary>
    public async Task CopyBodyAsync(BackendWatch watch)
    {
        var source = await response.Content.ReadAsStreamAsync(watch.Token).ConfigureAwait(false);
        await using var _ = source.ConfigureAwait(false);
        byte[]? piece = null;
        try
        {
            while (true)
            {
                // Asked without a buffer: a stream of events that is silent holds none.
                var ready = source.ReadAsync(Memory<byte>.Empty, watch.Token);
                if (!ready.IsCompleted)
                {
                    Return(ref piece);
                    await w.FlushAsync(watch.Token).ConfigureAwait(false);
                    watch.AwaitBody();
                    await ready.ConfigureAwait(false);
                }
                else
                {
                    await ready.ConfigureAwait(false);
                }
                piece ??= ArrayPool<byte>.Shared.Rent(PieceSize);
                watch.AwaitBody();
                var length = await source.ReadAsync(piece, watch.Token).ConfigureAwait(false);
                watch.OnBody();
                if (length == 0) break;
                await w.WriteAsync(piece.AsMemory(0, length), watch.Token).ConfigureAwait(false);
            }
        }
        finally
        {
            Return(ref piece);
        }
        CopyTrailers();
    }

    private static void Return(ref byte[]? piece)
    {
        if (piece is null) return;
        ArrayPool<byte>.Shared.Return(piece);
        piece = null;
    }

    /// <summary>Response smuggling: what says two things about where the body ends is no response (RFC 9112 section 6.3). .NET's client takes one of them.</summary>
    private void CheckFraming()
    {
        var fields = response.Headers.NonValidated;
        if (fields.TryGetValues("Transfer-Encoding", out var coding))
        {
            if (coding.Count != 1 || !coding.ToString().Equals("chunked", StringComparison.OrdinalIgnoreCase) || response.Content.Headers.NonValidated.Contains("Content-Length"))
                throw new ReverseProxyException(502, "The destination's response is not framed in one way that is known.");
        }
        else if (response.Content.Headers.NonValidated.TryGetValues("Content-Length", out var length) && (length.Count != 1 || response.Content.Headers.ContentLength is null))
        {
            throw new ReverseProxyException(502, "The destination's response has no single Content-Length.");
        }
    }

    /// <summary>Before the first is copied: the answer to a response that is refused has none of its fields.</summary>
    internal static void CheckValues(HttpHeadersNonValidated fields)
    {
        foreach (var (_, values) in fields)
            foreach (var value in values)
                if (!IsSendable(value)) throw new ReverseProxyException(502, "The destination sent a field that cannot be passed on.");
    }

    // No control characters but HTAB (RFC 9110 section 5.5): .NET's client lets most of them in.
    private static bool IsSendable(ReadOnlySpan<char> value) =>
        !value.ContainsAnyInRange('\0', '\b') && !value.ContainsAnyInRange('\n', '\x1f') && !value.Contains('\x7f') && !value.ContainsAnyInRange('\u0100', '\uffff');

    private void CopyFields()
    {
        var listed = response.Headers.NonValidated.TryGetValues("Connection", out var lines) ? (IReadOnlyList<string>)[.. lines] : null;
        w.Header.Suppress("Content-Type"); // what the destination does not say, nobody guesses
        foreach (var (name, values) in response.Headers.NonValidated)
        {
            if (HopByHop.Contains(name, listed)) continue;
            if (name.Equals("Date", StringComparison.OrdinalIgnoreCase)) w.Header.Remove(name);
            foreach (var value in values) w.Header.Add(name, value);
        }
        foreach (var (name, values) in response.Content.Headers.NonValidated)
        {
            if (listed is not null && HopByHop.Contains(name, listed) && !name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)) continue;
            w.Header.Remove(name);
            foreach (var value in values) w.Header.Add(name, value);
        }
        if (response.Headers.NonValidated.TryGetValues("Trailer", out var announced)) Announce(announced.ToString());
        if (options.Via is { } via) w.Header.Add("Via", $"{response.Version.ToString(response.Version.Major == 1 ? 2 : 1)} {via}");
    }

    // A field that is announced is taken out of the head by this server: what is there already stays there.
    private void Announce(string names)
    {
        foreach (var name in FieldList.Elements(names))
            if (!name.IsEmpty && w.Header.Get(name.ToString()) is null && !TrailerFields.IsForbidden(name.ToString())) w.Header.Add("Trailer", name.ToString());
    }

    private void CopyTrailers()
    {
        foreach (var (name, values) in response.TrailingHeaders.NonValidated)
        {
            if (TrailerFields.IsForbidden(name)) continue;
            foreach (var value in values)
                if (IsSendable(value)) w.Trailers.Add(name, value);
        }
    }
}
