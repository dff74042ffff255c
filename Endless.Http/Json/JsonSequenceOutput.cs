using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Endless.Http.Json;

/// <summary>The elements of a sequence on their way into a response.</summary>
internal sealed class JsonSequenceOutput<T>(ResponseWriter w, JsonTypeInfo<T> typeInfo, JsonSequenceFormat format, int sentAt)
{
    private JsonOutput? _output; // none while the source waits: it may for hours
    private bool _hasBegun;
    private bool _isUnflushed;

    /// <summary>Writes an element, and hands on what was collected once it is enough.</summary>
    public ValueTask WriteAsync(T element, CancellationToken cancellationToken)
    {
        var output = _output ??= Rent();
        if (format == JsonSequenceFormat.Array) output.Write(_hasBegun ? ","u8 : "["u8);
        _hasBegun = _isUnflushed = true;
        JsonSerializer.Serialize(output.Writer, element, typeInfo);
        output.Writer.Flush();
        output.Writer.Reset(); // the next one is a value of its own
        if (format == JsonSequenceFormat.Lines) output.Write("\n"u8);
        return output.Length < sentAt ? default : new(SendAsync(cancellationToken));
    }

    /// <summary>Sends what there is: the source waits. Nothing before the first element: a source that fails by then is a 500.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (!_isUnflushed) return;
        if (_output is not null) await SendAsync(cancellationToken).ConfigureAwait(false);
        _isUnflushed = false;
        await w.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The source has no more.</summary>
    public Task EndAsync(CancellationToken cancellationToken)
    {
        var output = _output ??= Rent();
        if (format == JsonSequenceFormat.Array) output.Write(_hasBegun ? "]"u8 : "[]"u8);
        return SendAsync(cancellationToken);
    }

    private JsonOutput Rent() => JsonOutput.Rent(format == JsonSequenceFormat.Lines && typeInfo.Options.WriteIndented ? null : typeInfo.Options);

    private Task SendAsync(CancellationToken cancellationToken)
    {
        var output = _output!;
        _output = null;
        return output.SendAsync(w, cancellationToken);
    }
}
