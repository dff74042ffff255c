using System.Runtime.CompilerServices;

namespace Endless.Http.Metrics;

/// <summary>
/// The assembly of meters and activity sources, <c>System.Diagnostics.DiagnosticSource</c>. Whoever listens to them has loaded it, OpenTelemetry's SDK as well as the runtime for
/// <c>dotnet-counters</c>; as long as nobody has, there is nobody to make instruments for. Thread-safe.
/// </summary>
/// <remarks>
/// A server that loads it at its start only to be heard by nobody, and makes its instruments, is 2 MB larger, compiles some 30 methods more and answers later by a tenth.
/// </remarks>
internal sealed class DiagnosticsLibrary
{
    private const string Name = "System.Diagnostics.DiagnosticSource";

    // No lock: the handler of loads runs in the middle of one, on any thread.
    private Action? _whenLoaded;
    private volatile bool _isLoaded;

    internal DiagnosticsLibrary()
    {
        // Native code is one piece that nothing is loaded into later.
        if (!RuntimeFeature.IsDynamicCodeSupported)
        {
            _isLoaded = true;
            return;
        }
        AppDomain.CurrentDomain.AssemblyLoad += OnAssemblyLoad;
        // Race: after that, so that no load is missed.
        foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies())
            if (IsName(assembly.FullName)) OnLoaded();
    }

    /// <summary>Somebody may listen.</summary>
    internal bool IsLoaded => _isLoaded;

    /// <summary>Does something at once if it is loaded, and else, on a thread of the pool, as soon as it is.</summary>
    internal void WhenLoaded(Action action)
    {
        Action? others;
        do others = Volatile.Read(ref _whenLoaded);
        while (Interlocked.CompareExchange(ref _whenLoaded, others + action, others) != others);
        // Race: if it is loaded in between, the first of the two takes the action.
        if (_isLoaded) Interlocked.Exchange(ref _whenLoaded, null)?.Invoke();
    }

    private void OnAssemblyLoad(object? sender, AssemblyLoadEventArgs e)
    {
        if (IsName(e.LoadedAssembly.FullName)) OnLoaded();
    }

    private static bool IsName(string? fullName) => fullName != null && fullName.StartsWith($"{Name},", StringComparison.Ordinal);

    private void OnLoaded()
    {
        _isLoaded = true;
        AppDomain.CurrentDomain.AssemblyLoad -= OnAssemblyLoad;
        // Deadlock: not here; the loading thread may hold a lock that making instruments waits for.
        if (Interlocked.Exchange(ref _whenLoaded, null) is { } whenLoaded) ThreadPool.UnsafeQueueUserWorkItem(static whenLoaded => whenLoaded(), whenLoaded, preferLocal: false);
    }
}
