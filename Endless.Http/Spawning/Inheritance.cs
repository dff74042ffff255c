using System.Globalization;
using Endless.Http.Channels;
using Endless.Http.Native;
using Microsoft.Win32.SafeHandles;

namespace Endless.Http.Spawning;

/// <summary>What a process got from the generation before it: listeners nobody has claimed yet, and the control channel.</summary>
/// <remarks>Read once, when the process first touches the library, and gone from its environment and out of its subprocesses' reach from then on. Thread-safe.</remarks>
internal sealed class Inheritance
{
    private readonly IProcessHost _host;
    private readonly List<(string Address, int Descriptor)> _unclaimed = [];

    private Inheritance(IProcessHost host) => _host = host;

    /// <summary>This process continues another.</summary>
    internal bool Continues { get; private init; }

    /// <summary>The channel to the generation before; null for a process that continues none, or was started by something that has none.</summary>
    internal ControlChannel? Control { get; private init; }

    /// <summary>What was wrong with it, for the log; null if nothing.</summary>
    internal string? Complaint { get; private set; }

    /// <summary>Configured addresses of listeners that nobody has claimed.</summary>
    internal IReadOnlyList<string> Unclaimed
    {
        get
        {
            lock (_unclaimed)
                return _unclaimed.ConvertAll(listener => listener.Address);
        }
    }

    /// <summary>Takes it out of the environment.</summary>
    internal static Inheritance Take(IProcessHost host)
    {
        var continues = !string.IsNullOrEmpty(host.TakeVariable(RestartVariables.Continue));
        var addresses = RestartVariables.ParseSocketOrder(host.TakeVariable(RestartVariables.SocketOrder));
        var control = host.TakeVariable(RestartVariables.ControlDescriptor);
        if (!continues) return new Inheritance(host);

        var inheritance = new Inheritance(host)
        {
            Continues = true,
            Control = int.TryParse(control, NumberStyles.None, CultureInfo.InvariantCulture, out var descriptor) && host.Adopt(descriptor, listening: false)
                ? new ControlChannel(new SafeFileHandle(descriptor, ownsHandle: true))
                : null,
        };
        if (inheritance.Control is null)
            inheritance.Complaint = $"{RestartVariables.Continue} is set, but there is no control channel: the process before this one will not hear of this one";
        for (var i = 0; i < addresses.Length; i++)
        {
            if (host.Adopt(PosixSpawn.FirstDescriptor + i, listening: true))
                inheritance._unclaimed.Add((addresses[i], PosixSpawn.FirstDescriptor + i));
            else
                inheritance.Complaint = $"{RestartVariables.SocketOrder} names {addresses[i]}, but descriptor {PosixSpawn.FirstDescriptor + i} is no listening socket";
        }
        return inheritance;
    }

    /// <summary>The descriptor of the listener for a configured address; the caller owns it from now on. Null if there is none, or no more: two servers on port 0 each get their own.</summary>
    internal int? Claim(string address)
    {
        lock (_unclaimed)
        {
            var index = _unclaimed.FindIndex(listener => listener.Address == address);
            if (index < 0) return null;
            var descriptor = _unclaimed[index].Descriptor;
            _unclaimed.RemoveAt(index);
            return descriptor;
        }
    }

    /// <summary>Closes what nobody claimed and returns its addresses.</summary>
    internal IReadOnlyList<string> DropUnclaimed()
    {
        lock (_unclaimed)
        {
            var addresses = Unclaimed;
            foreach (var listener in _unclaimed)
                _host.Close(listener.Descriptor);
            _unclaimed.Clear();
            return addresses;
        }
    }
}
