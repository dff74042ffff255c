using System.Runtime.CompilerServices;

namespace Endless.Http.Http2.Hpack;

/// <summary>
/// Encodes the header blocks of one connection (RFC 7541). Not thread-safe: blocks must be sent in the order in which they were encoded.
/// </summary>
/// <remarks>
/// A line enters the dynamic table when it is seen for the second time: what differs from response to response never displaces what
/// repeats. A line already in the table is mostly found by the identity of its strings, for a handler's are literals.
/// </remarks>
internal sealed class HpackEncoder
{
    // More memory for the table than the default is the peer's offer, not its wish.
    private const int MaxTableSize = HpackDecoder.DefaultTableSize;
    private const int MemoLength = 64;
    private const int SeenLength = 256;

    private readonly DynamicTable _table = new(MaxTableSize);
    private readonly Memo[] _memo = new Memo[MemoLength];
    private readonly int[] _seen = new int[SeenLength];
    private byte[] _block = new byte[512];
    private int _length;
    private int _smallestSize = -1; // of the updates since the last block; -1 for none
    private int _tableSize = MaxTableSize;

    /// <summary>The block encoded since <see cref="Begin"/>.</summary>
    public ReadOnlySpan<byte> Block => _block.AsSpan(0, _length);

    /// <summary>Takes over the peer's SETTINGS_HEADER_TABLE_SIZE; the next block begins with the change.</summary>
    public void SetPeerTableSize(long size)
    {
        var capped = (int)Math.Min(size, MaxTableSize);
        if (capped == _tableSize) return;
        _tableSize = capped;
        // The smallest size in between must be signalled too: the peer may have evicted down to it (RFC 7541 section 4.2).
        _smallestSize = _smallestSize < 0 ? capped : Math.Min(_smallestSize, capped);
    }

    /// <summary>Starts a block.</summary>
    public void Begin()
    {
        _length = 0;
        if (_smallestSize < 0) return;
        if (_smallestSize < _tableSize) Resize(_smallestSize);
        Resize(_tableSize);
        _smallestSize = -1;
    }

    /// <summary>Adds <c>:status</c>.</summary>
    public void AddStatus(int status)
    {
        var index = status switch { 200 => 8, 204 => 9, 206 => 10, 304 => 11, 400 => 12, 404 => 13, 500 => 14, _ => 0 };
        if (index > 0)
        {
            WriteInteger(0x80, 7, index);
            return;
        }
        WriteInteger(0x00, 4, StaticTable.Status200);
        var span = Reserve(4);
        span[0] = 3;
        span[1] = (byte)('0' + status / 100);
        span[2] = (byte)('0' + status / 10 % 10);
        span[3] = (byte)('0' + status % 10);
        _length += 4;
    }

    /// <summary>Adds <c>content-length</c>.</summary>
    public void AddContentLength(long length)
    {
        WriteInteger(0x00, 4, 28);
        var span = Reserve(20);
        length.TryFormat(span[1..], out var digits);
        span[0] = (byte)digits;
        _length += 1 + digits;
    }

    /// <summary>Adds a line. The name may be in any case and is sent in lower case; characters of the value above ISO 8859-1 lose their upper octet.</summary>
    public void Add(string name, string value)
    {
        var slot = (RuntimeHelpers.GetHashCode(name) * 31 ^ RuntimeHelpers.GetHashCode(value)) & (MemoLength - 1);
        ref var memo = ref _memo[slot];
        var age = _table.Inserted - memo.Id;
        if (age < _table.Count && ReferenceEquals(memo.Name, name) && ReferenceEquals(memo.Value, value))
        {
            WriteInteger(0x80, 7, StaticTable.Count + 1 + (int)age);
            return;
        }
        AddUnknown(name, value, ref memo);
    }

    private void AddUnknown(string name, string value, ref Memo memo)
    {
        var nameIndex = StaticTable.Find(name);
        if (IsSensitive(name))
        {
            WriteLiteral(0x10, 4, nameIndex, name, value);
            return;
        }
        for (var i = 0; i < _table.Count; i++)
        {
            var entry = _table[i];
            if (entry.Value != value || !entry.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) continue;
            memo = new Memo(name, value, _table.Inserted - i);
            WriteInteger(0x80, 7, StaticTable.Count + 1 + i);
            return;
        }
        var size = name.Length + value.Length + HeaderField.Overhead;
        if (!WasSeen(name, value) || size > _tableSize / 4)
        {
            WriteLiteral(0x00, 4, nameIndex, name, value);
            return;
        }
        WriteLiteral(0x40, 6, nameIndex, name, value);
        _table.Insert(new HeaderField(name.ToLowerInvariant(), value));
        memo = new Memo(name, value, _table.Inserted);
    }

    /// <summary>Remembers a line. True if it was remembered already.</summary>
    private bool WasSeen(string name, string value)
    {
        var hash = HashCode.Combine(string.GetHashCode(name, StringComparison.OrdinalIgnoreCase), value);
        // Two places for each, or two lines that repeat and share one would push each other out for ever.
        var place = hash & (SeenLength - 2);
        if (_seen[place] == hash || _seen[place + 1] == hash) return true;
        _seen[place + 1] = _seen[place];
        _seen[place] = hash;
        return false;
    }

    // RFC 7541 section 7.1.3: what could be guessed through the size of compressed blocks stays out of every table on the way.
    private static bool IsSensitive(string name) =>
        name.Equals("set-cookie", StringComparison.OrdinalIgnoreCase) || name.Equals("www-authenticate", StringComparison.OrdinalIgnoreCase);

    private void WriteLiteral(byte first, int prefixBits, int nameIndex, string name, string value)
    {
        WriteInteger(first, prefixBits, nameIndex);
        if (nameIndex == 0) WriteName(name);
        WriteString(value);
    }

    private void WriteName(string name)
    {
        var lower = name.Length <= 256 ? stackalloc char[256] : new char[name.Length];
        WriteString(lower[..name.AsSpan().ToLowerInvariant(lower)]);
    }

    private void WriteString(ReadOnlySpan<char> text)
    {
        var coded = HuffmanEncoder.EncodedLength(text);
        if (coded < text.Length)
        {
            WriteInteger(0x80, 7, coded);
            _length += HuffmanEncoder.Encode(text, Reserve(coded));
            return;
        }
        WriteInteger(0x00, 7, text.Length);
        var span = Reserve(text.Length);
        for (var i = 0; i < text.Length; i++) span[i] = (byte)text[i];
        _length += text.Length;
    }

    private void Resize(int size)
    {
        _table.Resize(size);
        WriteInteger(0x20, 5, size);
    }

    private void WriteInteger(byte first, int prefixBits, int value) => _length += HpackInteger.Write(Reserve(HpackInteger.MaxOctets), first, prefixBits, value);

    private Span<byte> Reserve(int count)
    {
        if (_block.Length - _length < count) Array.Resize(ref _block, Math.Max(_block.Length * 2, _length + count));
        return _block.AsSpan(_length);
    }

    /// <summary>Where a pair of strings was last found in the table: the value of <see cref="DynamicTable.Inserted"/> when its entry was the newest.</summary>
    private readonly record struct Memo(string Name, string Value, long Id);
}
