using System.Runtime.CompilerServices;

namespace Endless.Http.Diagnostics;

/// <summary>
/// The assembly of meters and activity sources, <c>System.Diagnostics.DiagnosticSource</c>. Whoever listens to them has loaded it, OpenTelemetry's SDK as well as the runtime for
/// <c>dotnet-counters</c>; as long as nobody has, there is nobody to make instruments for. Thread-safe.
/// </summary>
/// <remarks>
/// A server that loads it at its start only to be heard by nobody, and makes its instruments, is 1.9 MB larger, compiles 50 methods more and answers 8 ms later.
/// </remarks>
internal static class DiagnosticsLibrary
{
    private const string Name = "System.Diagnostics.DiagnosticSource";

    private static readonly Lock Gate = new();
    private static Action? _whenLoaded;
    private static volatile bool _isLoaded;

    static DiagnosticsLibrary()
    {
        // Native code is one piece that nothing is loaded into later.
        if (!RuntimeFeature.IsDynamicCodeSupported)
        {
            _isLoaded = true;
            return;
        }
        AppDomain.CurrentDomain.AssemblyLoad += OnAssemblyLoad;
        // After that, so that it cannot come in between.
        foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies())
            if (IsName(assembly.FullName)) OnLoaded();
    }

    /// <summary>Somebody may listen.</summary>
    internal static bool IsLoaded => _isLoaded;

    /// <summary>Does something at once if it is loaded, and else, on a thread of the pool, as soon as it is.</summary>
    internal static void WhenLoaded(Action action)
    {
        lock (Gate)
        {
            if (!_isLoaded)
            {
                _whenLoaded += action;
                return;
            }
        }
        action();
    }

    private static void OnAssemblyLoad(object? sender, AssemblyLoadEventArgs e)
    {
        if (IsName(e.LoadedAssembly.FullName)) OnLoaded();
    }

    private static bool IsName(string? fullName) => fullName != null && fullName.StartsWith($"{Name},", StringComparison.Ordinal);

    private static void OnLoaded()
    {
        Action? whenLoaded;
        lock (Gate)
        {
            _isLoaded = true;
            whenLoaded = _whenLoaded;
            _whenLoaded = null;
        }
        AppDomain.CurrentDomain.AssemblyLoad -= OnAssemblyLoad;
        // Not here: the thread is in the middle of loading it, and may hold what making instruments waits for.
        if (whenLoaded != null) ThreadPool.UnsafeQueueUserWorkItem(static whenLoaded => whenLoaded(), whenLoaded, preferLocal: false);
    }
}
