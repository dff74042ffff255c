using System.Buffers;
using System.Globalization;
using Endless.Http.Semantics;

namespace Endless.Http;

/// <summary>A response that is compressed if that turns out to be worth it: decided with the first KiB, or what there is of it when it is flushed or ends.</summary>
internal sealed class CompressWriter(ResponseWriter inner, Request r, Compression compression) : DelegatingResponseWriter(inner)
{
    private Phase _phase;
    private byte[]? _held; // what was written before it is decided
    private int _heldLength;
    private bool _isFixed; // the handler has chosen status and header
    private BodyEncoder? _encoder;
    private EncodedBody? _encoded;

    private enum Phase
    {
        Undecided,
        Plain,
        Encoded,
        Head, // what GET has encoded: the header says so, and no body follows
    }

    public override bool HasStarted => _isFixed || Inner.HasStarted;

    public override int StatusCode
    {
        get => Inner.StatusCode is 0 && _isFixed ? 200 : Inner.StatusCode;
        set
        {
            if (_isFixed && _phase == Phase.Undecided) throw new InvalidOperationException("The response has begun: set StatusCode before WriteHeader and the first write.");
            Inner.StatusCode = value;
        }
    }

    public override void WriteHeader(int statusCode)
    {
        if (_phase == Phase.Undecided && statusCode is 101 or >= 200)
        {
            if (_isFixed) return; // a second one is ignored
            if (BodyCoding.MayHaveBody(statusCode))
            {
                Inner.StatusCode = statusCode; // sent when it is decided
                _isFixed = true;
                return;
            }
            PassOn(statusCode);
        }
        Inner.WriteHeader(statusCode);
    }

    public override void Write(ReadOnlySpan<byte> data)
    {
        if (TryHold(data)) return;
        Begin(data);
        if (_phase == Phase.Encoded) Encode(data);
        else if (_phase == Phase.Plain) Inner.Write(data);
        WriteEncoded();
    }

    public override Task WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested) return Task.FromCanceled(cancellationToken);
        if (TryHold(data.Span)) return Task.CompletedTask;
        var held = Begin(data.Span, isAsync: true);
        if (!held.IsCompletedSuccessfully) return WriteBehindAsync(held, data, cancellationToken);
        if (_phase == Phase.Plain) return Inner.WriteAsync(data, cancellationToken);
        if (_phase == Phase.Head) return Task.CompletedTask;
        Encode(data.Span);
        return WriteEncodedAsync(cancellationToken);
    }

    public override void Flush()
    {
        if (_phase == Phase.Undecided) Begin([]);
        if (_phase == Phase.Encoded) _encoder!.Flush(_encoded!);
        WriteEncoded();
        Inner.Flush();
    }

    public override async Task FlushAsync(CancellationToken cancellationToken = default)
    {
        if (_phase == Phase.Undecided) await Begin([], isAsync: true).ConfigureAwait(false);
        if (_phase == Phase.Encoded)
        {
            _encoder!.Flush(_encoded!);
            await WriteEncodedAsync(cancellationToken).ConfigureAwait(false);
        }
        await Inner.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The handler is done: sends what is left.</summary>
    public Task FinishAsync()
    {
        if (_phase == Phase.Undecided)
        {
            if (!BodyCoding.MayHaveBody(Inner.StatusCode)) PassOn(Inner.StatusCode);
            if (_phase == Phase.Plain || Inner.HasStarted || (_heldLength == 0 && !_isFixed && r.Method != "HEAD")) return Task.CompletedTask;
            Decide([], isWhole: true);
            if (_phase == Phase.Plain) return _heldLength > 0 ? Inner.WriteAsync(_held.AsMemory(0, _heldLength)) : Task.CompletedTask;
            if (_phase == Phase.Encoded) Encode(_held.AsSpan(0, _heldLength));
        }
        if (_phase != Phase.Encoded) return Task.CompletedTask;
        _encoder!.Finish(_encoded!);
        compression.Return(_encoder);
        _encoder = null;
        return WriteEncodedAsync(default);
    }

    /// <summary>The handler is done, and nothing is under way: lets go of what is pooled.</summary>
    public void Release()
    {
        if (_held is not null) ArrayPool<byte>.Shared.Return(_held);
        _encoded?.Dispose();
        Abandon();
    }

    /// <summary>The handler failed. Use after free: a write that it left behind may still be sent from pooled memory, which is left to the garbage collector.</summary>
    public void Abandon()
    {
        _encoder?.Dispose(); // within a body: it cannot be used again
        (_held, _encoder, _encoded) = (null, null, null);
    }

    /// <summary>Keeps what may turn out to be too little.</summary>
    private bool TryHold(ReadOnlySpan<byte> data)
    {
        if (_phase != Phase.Undecided) return false;
        if (!BodyCoding.MayHaveBody(Inner.StatusCode))
        {
            PassOn(Inner.StatusCode);
            return false;
        }
        if (_heldLength + data.Length >= compression.MinBytes) return false;
        _held ??= ArrayPool<byte>.Shared.Rent(compression.MinBytes);
        data.CopyTo(_held.AsSpan(_heldLength));
        _heldLength += data.Length;
        _isFixed = true;
        return true;
    }

    /// <summary>Decides, where that is still open, and sends on what was held.</summary>
    private Task Begin(ReadOnlySpan<byte> next, bool isAsync = false)
    {
        if (_phase != Phase.Undecided) return Task.CompletedTask;
        Decide(next, isWhole: false);
        if (_heldLength == 0) return Task.CompletedTask;
        var held = _held.AsMemory(0, _heldLength);
        _heldLength = 0;
        if (_phase == Phase.Encoded) Encode(held.Span);
        else if (_phase == Phase.Plain && isAsync) return Inner.WriteAsync(held);
        else if (_phase == Phase.Plain) Inner.Write(held.Span);
        return Task.CompletedTask;
    }

    private void PassOn(int status)
    {
        _phase = Phase.Plain;
        if (status == 304) VaryField.Add(Inner.Header, "Accept-Encoding"); // as the 200 would have it
    }

    private void Decide(ReadOnlySpan<byte> next, bool isWhole)
    {
        _phase = Phase.Plain;
        var header = Inner.Header;
        var type = header["Content-Type"];
        // The server guesses no type of what is encoded.
        var start = _heldLength > 0 ? _held.AsSpan(0, _heldLength) : next;
        var guessed = type is null && !start.IsEmpty ? ContentSniffer.Detect(start) : null;
        if ((type ?? guessed) is not { } known || !compression.Gets(known) || !BodyCoding.IsPlain(Inner.StatusCode, header) || compression.ShouldCompress?.Invoke(r) == false) return;
        VaryField.Add(header, "Accept-Encoding");
        if (IsSmall(header, next.Length, isWhole) || compression.Choose(r) is not { } coding) return;
        if (guessed is not null) header.Set("Content-Type", guessed);
        BodyCoding.Apply(header, coding);
        if (r.Method == "HEAD")
        {
            _phase = Phase.Head;
            return;
        }
        (_phase, _encoder, _encoded) = (Phase.Encoded, compression.Rent(coding), new EncodedBody());
    }

    private bool IsSmall(Header header, int next, bool isWhole) =>
        long.TryParse(header["Content-Length"], NumberStyles.None, CultureInfo.InvariantCulture, out var declared) ? declared < compression.MinBytes
        : isWhole && _heldLength + next < compression.MinBytes;

    private void Encode(ReadOnlySpan<byte> data) => _encoder!.Encode(data, _encoded!);

    private void WriteEncoded()
    {
        if (_encoded is not { Written.IsEmpty: false } encoded) return;
        Inner.Write(encoded.Written.Span);
        encoded.Clear();
    }

    private Task WriteEncodedAsync(CancellationToken cancellationToken)
    {
        if (_encoded is not { Written.IsEmpty: false } encoded) return Task.CompletedTask;
        var writing = Inner.WriteAsync(encoded.Written, cancellationToken);
        if (!writing.IsCompletedSuccessfully) return ClearAfterAsync(writing, encoded);
        encoded.Clear();
        return writing;
    }

    private static async Task ClearAfterAsync(Task writing, EncodedBody encoded)
    {
        await writing.ConfigureAwait(false);
        encoded.Clear();
    }

    private async Task WriteBehindAsync(Task held, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        await held.ConfigureAwait(false);
        await WriteAsync(data, cancellationToken).ConfigureAwait(false);
    }
}
