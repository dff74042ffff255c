using System.Buffers.Binary;
using System.Text;

namespace Endless.Http.Channels;

/// <summary>Takes the fields of a message off the front of its payload. What is not there is an <see cref="InvalidDataException"/>.</summary>
internal ref struct PayloadReader(ReadOnlyMemory<byte> payload)
{
    private ReadOnlyMemory<byte> _rest = payload;

    /// <summary>Takes an item of a list.</summary>
    internal delegate T Item<out T>(ref PayloadReader reader);

    internal int Number() => BinaryPrimitives.ReadInt32LittleEndian(Take(4).Span);

    internal long LongNumber() => BinaryPrimitives.ReadInt64LittleEndian(Take(8).Span);

    /// <summary>Nothing follows: what a later version appended is not here.</summary>
    internal readonly bool IsAtEnd => _rest.IsEmpty;

    internal string Text() => Encoding.UTF8.GetString(Take(Number()).Span);

    /// <summary>A number, and as many items.</summary>
    /// <param name="leastBytes">Of an item.</param>
    /// <param name="item">Takes one.</param>
    internal List<T> List<T>(int leastBytes, Item<T> item)
    {
        var count = Number();
        // A count beyond the payload is a lie and not a reason to allocate.
        if ((uint)count > (uint)(_rest.Length / leastBytes)) throw new InvalidDataException("the message is shorter than its list");
        var items = new List<T>(count);
        for (var i = 0; i < count; i++) items.Add(item(ref this));
        return items;
    }

    /// <summary>So many bytes.</summary>
    internal ReadOnlyMemory<byte> Take(int length)
    {
        if ((uint)length > (uint)_rest.Length)
            throw new InvalidDataException("the message is shorter than its fields");
        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
