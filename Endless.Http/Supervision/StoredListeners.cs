using Endless.Http.Native;

namespace Endless.Http.Supervision;

/// <summary>Listening sockets in the supervisor's care, by name, in the order they came. Owns their descriptors.</summary>
/// <remarks>The supervisor's one thread uses it, also while it starts a program that inherits them. So none is closed while it is used.</remarks>
internal sealed class StoredListeners
{
    /// <summary>What sd_listen_fds_with_names(3) calls one without a name.</summary>
    private const string Nameless = "unknown";

    private readonly List<(string Name, int Descriptor)> _listeners = [];

    internal IReadOnlyList<(string Name, int Descriptor)> All => _listeners;

    /// <summary>Keeps a listener. One that is kept already, as each generation tells of it anew, is recognised by its socket and closed.</summary>
    internal void Store(string name, int descriptor)
    {
        var socket = FileStamp.Of($"/proc/self/fd/{descriptor}");
        if (_listeners.Exists(listener => listener.Name == name && socket.IsSameFile(FileStamp.Of($"/proc/self/fd/{listener.Descriptor}"))))
        {
            _ = Libc.close(descriptor);
            return;
        }
        Forget(name);
        _listeners.Add((name, descriptor));
    }

    /// <summary>Keeps a socket that the supervisor was started with. Several may have one name, as those of one socket unit have.</summary>
    internal void Inherit(string name, int descriptor) => _listeners.Add((name.Length > 0 ? name : Nameless, descriptor));

    /// <summary>Closes what is kept under a name.</summary>
    internal void Forget(string name)
    {
        foreach (var (_, descriptor) in _listeners.FindAll(listener => listener.Name == name)) _ = Libc.close(descriptor);
        _listeners.RemoveAll(listener => listener.Name == name);
    }

    /// <summary>Closes all.</summary>
    internal void Clear()
    {
        foreach (var (_, descriptor) in _listeners) _ = Libc.close(descriptor);
        _listeners.Clear();
    }
}
