using Endless.Http.Native;
using Microsoft.Win32.SafeHandles;

namespace Endless.Http.Forms;

/// <summary>
/// One temporary file for all files of a form that memory has no room for, one behind the other. It has no name, so that nothing of it is left on the disk when its descriptor is closed, with the form or with the process.
/// </summary>
internal sealed class UnnamedFileSpool(string? directory) : IDisposable
{
    private readonly SafeFileHandle _file = UnnamedFile.Create(directory ?? Path.GetTempPath());

    /// <summary>Bytes in it.</summary>
    public long Length { get; private set; }

    public void Append(ReadOnlySpan<byte> data)
    {
        RandomAccess.Write(_file, data, Length);
        Length += data.Length;
    }

    public int Read(long offset, Span<byte> buffer) => RandomAccess.Read(_file, buffer, offset);

    public void Dispose() => _file.Dispose();
}
