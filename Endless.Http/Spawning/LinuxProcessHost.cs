using System.Collections;
using System.Runtime.InteropServices;
using Endless.Http.Channels;
using Endless.Http.Native;

namespace Endless.Http.Spawning;

/// <summary>The real process. Made early: what it remembers is the working directory and the name the process was started by.</summary>
internal sealed unsafe class LinuxProcessHost : IProcessHost
{
    private readonly string _directory = InitialDirectory();
    private readonly OwnProgram _program;
    private readonly Dictionary<string, string> _passedOn = [];

    internal LinuxProcessHost()
    {
        StandardOutput.Secure();
        var continues = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(RestartVariables.Continue));
        _program = new OwnProgram(_directory, continues, TakeVariable(RestartVariables.Program, passOn: false));
        if (_program.Pinned is { } path) PassOnVariable(RestartVariables.Program, path);
    }

    public int ProcessId => Environment.ProcessId;

    public string? TakeVariable(string name, bool passOn)
    {
        var value = Environment.GetEnvironmentVariable(name);
        if (value is null) return null;
        // .NET keeps a copy of the environment, so there are two to remove it from: its own, and the one native libraries read.
        Environment.SetEnvironmentVariable(name, null);
        _ = Libc.unsetenv(name);
        if (passOn) PassOnVariable(name, value);
        return value;
    }

    public void PassOnVariable(string name, string value)
    {
        lock (_passedOn)
            _passedOn[name] = value;
    }

    public bool Adopt(int descriptor, bool listening)
    {
        int accepts;
        var length = (uint)sizeof(int);
        return Libc.getsockopt(descriptor, Libc.SOL_SOCKET, Libc.SO_ACCEPTCONN, &accepts, &length) == 0
            && accepts != 0 == listening
            && Libc.fcntl(descriptor, Libc.F_SETFD, Libc.FD_CLOEXEC) == 0;
    }

    public void Close(int descriptor) => _ = Libc.close(descriptor);

    public IChildProcess Spawn(IReadOnlyList<ListenerDescriptor> listeners)
    {
        var (own, childs) = ControlChannel.CreatePair();
        var control = new ControlChannel(own);
        var entered = 0;
        ChildProcess? child = null;
        try
        {
            child = new ChildProcess(control);
            // Descriptor reuse: a stop may close a listener, and the child would get a client's connection in its place.
            for (; entered < listeners.Count; entered++)
                if (!listeners[entered].TryEnter()) throw new IOException($"{listeners[entered].Address} is not listened on any more");
            int[] descriptors = [.. listeners.Select(listener => listener.Descriptor), (int)childs.DangerousGetHandle()];
            child.Began(Start(RestartVariables.For(listeners, PosixSpawn.FirstDescriptor), descriptors));
            return child;
        }
        catch
        {
            child?.Began(0);
            control.Dispose();
            throw;
        }
        finally
        {
            while (entered > 0) listeners[--entered].Leave();
            childs.Dispose(); // the child's copy must be the only one, so that its end is seen here
        }
    }

    /// <summary>Starts this program once more, with variables beside those of this process, and descriptors as 3, 4, ... Its pid.</summary>
    /// <exception cref="IOException">It cannot be started; the message says why.</exception>
    internal int Start(IEnumerable<KeyValuePair<string, string>> variables, ReadOnlySpan<int> descriptors) =>
        PosixSpawn.Start(
            _program.Find(), _program.Arguments, EnvironmentWith(variables), Directory.Exists(_directory) ? _directory : null, descriptors, blocked: SignalMask.Handled);

    private byte[] EnvironmentWith(IEnumerable<KeyValuePair<string, string>> variables)
    {
        var current = new Dictionary<string, string>();
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables()) current[(string)variable.Key] = (string?)variable.Value ?? "";
        Dictionary<string, string> added;
        lock (_passedOn)
            added = new(_passedOn);
        foreach (var (name, value) in variables) added[name] = value;
        return EnvironmentBlock.Build(NativeEnvironment.Read(), current, added, RestartVariables.All);
    }

    /// <summary>
    /// The working directory as the shell named it: PWD, if that still leads here, keeps <c>/srv/app/current</c> where getcwd(2) says <c>/srv/app/releases/42</c>.
    /// </summary>
    private static string InitialDirectory()
    {
        string actual;
        try
        {
            actual = Environment.CurrentDirectory;
        }
        catch (IOException)
        {
            return "/"; // deleted before we came: relative paths lead nowhere whatever is said here
        }
        return Environment.GetEnvironmentVariable("PWD") is ['/', ..] named && Canonical(named) == actual ? named : actual;
    }

    private static string? Canonical(string path)
    {
        if (!OperatingSystem.IsLinux()) return null;
        var canonical = Libc.realpath(path, null);
        if (canonical == null) return null;
        var text = Marshal.PtrToStringUTF8((nint)canonical);
        NativeMemory.Free(canonical); // free(3), as realpath(3) asks for
        return text;
    }
}
