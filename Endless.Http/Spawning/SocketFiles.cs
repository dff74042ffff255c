using System.Globalization;
using Endless.Http.Native;
using Endless.Http.Sockets;

namespace Endless.Http.Spawning;

/// <summary>The files of the UNIX sockets that generations before this one bound, by address, and what the next one is told of this one's. Thread-safe.</summary>
/// <remarks>A process that inherits a socket cannot ask the kernel which file it is bound to: only its name, which somebody else may have by now. So whoever bound it says it.</remarks>
internal sealed class SocketFiles
{
    private readonly IProcessHost _host;
    private readonly Dictionary<string, SocketFile> _files = [];

    /// <summary>Takes what this process is told out of its environment.</summary>
    internal SocketFiles(IProcessHost host)
    {
        _host = host;
        var items = RestartVariables.ParseSocketOrder(host.TakeVariable(RestartVariables.SocketFiles));
        for (var i = 0; i + 3 < items.Length; i += 4)
        {
            if (ulong.TryParse(items[i + 2], NumberStyles.None, CultureInfo.InvariantCulture, out var device) && ulong.TryParse(items[i + 3], NumberStyles.None, CultureInfo.InvariantCulture, out var inode))
                _files[items[i]] = new SocketFile(items[i + 1], new FileStamp(device, inode, 0, 0, 0));
        }
    }

    /// <summary>The file of the socket that is inherited for an address; null if nobody said so.</summary>
    internal SocketFile? Find(string address)
    {
        lock (_files)
            return _files.GetValueOrDefault(address);
    }

    /// <summary>Has the next generation told where the socket of an address is.</summary>
    internal void Note(string address, SocketFile? file)
    {
        lock (_files)
        {
            if (file is null) return;
            _files[address] = file;
            var items = new List<string>();
            foreach (var (of, its) in _files)
                items.AddRange([of, its.Path, its.Stamp.Device.ToString(CultureInfo.InvariantCulture), its.Stamp.Inode.ToString(CultureInfo.InvariantCulture)]);
            _host.PassOnVariable(RestartVariables.SocketFiles, RestartVariables.JoinAddresses(items));
        }
    }
}
