using Mono.Cecil;

namespace Endless.Http.Tests.Interleavings.Exploring;

/// <summary>Which calls <see cref="Rewriter"/> replaces, and in front of which others it puts a point.</summary>
internal static class Replacements
{
    private const string Threading = "System.Threading.";
    private const string Tasks = "System.Threading.Tasks.";
    private const string Compiler = "System.Runtime.CompilerServices.";

    /// <summary>What is called instead of a method; and where the point goes.</summary>
    public static (Type Owner, string Name, PointUse Point)? Find(string type, MethodReference method) => (type, method.Name) switch
    {
        (Threading + "Monitor", "Enter") when method.Parameters.Count == 2 => (typeof(Points), nameof(Points.Enter), PointUse.Argument),
        (Threading + "Monitor", "Exit") => (typeof(Points), nameof(Points.Exit), PointUse.None),
        (Threading + "Lock", "EnterScope") => (typeof(Points), nameof(Points.EnterScope), PointUse.Argument),
        (Threading + "Lock/Scope", "Dispose") => (typeof(Points), nameof(Points.Leave), PointUse.None),
        (Threading + "CancellationToken", "UnsafeRegister" or "Register") when method.Parameters.Count == 2 && method.Parameters[0].ParameterType.Name == "Action`1" => (typeof(Points), nameof(Points.Register), PointUse.Argument),
        (Threading + "CancellationToken", "Register") when method.Parameters.Count == 1 => (typeof(Points), nameof(Points.RegisterAction), PointUse.Argument),
        (Threading + "CancellationTokenRegistration", "Dispose") => (typeof(Points), nameof(Points.Dispose), PointUse.Argument),
        (Threading + "CancellationTokenRegistration", "Unregister") => (typeof(Points), nameof(Points.Unregister), PointUse.Argument),
        (Threading + "SpinWait", "SpinOnce") when method.Parameters.Count == 0 => (typeof(Points), nameof(Points.SpinOnce), PointUse.Argument),
        (Threading + "SpinWait", "SpinOnce") when method.Parameters.Count == 1 => (typeof(Points), nameof(Points.Spin), PointUse.Argument),
        (Threading + "ManualResetEventSlim", "Wait") when method.Parameters.Count == 0 => (typeof(Points), nameof(Points.WaitFor), PointUse.Argument),
        (Threading + "ThreadPool", "UnsafeQueueUserWorkItem") when method.Parameters.Count == 2 => (typeof(Points), nameof(Points.Queue), PointUse.None),
        (Threading + "ThreadPool", "UnsafeQueueUserWorkItem") when method.Parameters.Count == 3 => (typeof(Points), nameof(Points.QueueState), PointUse.None),
        (Tasks + "Sources.ManualResetValueTaskSourceCore`1", "OnCompleted") => (typeof(Points), nameof(Points.OnCompleted), PointUse.Argument),
        (Tasks + "Task", "Run") when method.Parameters[0].ParameterType.Name == "Action" => (typeof(Points), nameof(Points.RunTask), PointUse.None),
        ("System.Environment", "get_TickCount64") => (typeof(Points), nameof(Points.Now), PointUse.None),
        ("System.Runtime.InteropServices.NativeMemory", "Alloc") when method.Parameters.Count == 2 => (typeof(Kernel), nameof(Kernel.Allocate), PointUse.None),
        ("System.Runtime.InteropServices.NativeMemory", "Free") => (typeof(Kernel), nameof(Kernel.Free), PointUse.None),
        ("Endless.Http.Workers.WorkerPool", "Run") => (typeof(Points), nameof(Points.RunWorker), PointUse.None),
        ("Endless.Http.Workers.WorkerPool", "TryRun") => (typeof(Points), nameof(Points.TryRunWorker), PointUse.None),
        ("Endless.Http.Workers.WorkerPool", "RunTurn") => (typeof(Points), nameof(Points.RunTurn), PointUse.None),
        ("Endless.Http.Workers.Worker", "TryStart") => (typeof(Points), nameof(Points.StartWorker), PointUse.None),
        ("Endless.Http.Loops.LoopMonitor", "Start") => (typeof(Points), nameof(Points.StartMonitor), PointUse.None),
        ("Endless.Http.Native.Libc", var name) when method.Parameters.Count == 0 || method.Parameters[0].ParameterType.Name != "SafeFileHandle" =>
            typeof(Kernel).GetMethod(name) is { IsStatic: true } ? (typeof(Kernel), name, PointUse.Before) : null,
        _ => null,
    };

    /// <summary>The continuation of an await is to go to the actors' context.</summary>
    public static bool IsFlowing(string type, MethodReference method) =>
        method.Name == "ConfigureAwait" && type is Tasks + "Task" or Tasks + "Task`1" or Tasks + "ValueTask" or Tasks + "ValueTask`1" && method.Parameters[0].ParameterType.Name is "Boolean" or "ConfigureAwaitOptions";

    /// <summary>A call that other threads can see, or that shows what others did.</summary>
    public static bool IsPoint(string type, string method) => type switch
    {
        Threading + "Interlocked" or Threading + "Volatile" or Threading + "Monitor" or Threading + "Lock" => method != ".ctor",
        Threading + "CancellationTokenSource" => method is "Cancel" or "get_IsCancellationRequested",
        Threading + "CancellationToken" => method is "get_IsCancellationRequested" or "ThrowIfCancellationRequested",
        Tasks + "TaskCompletionSource" or Tasks + "TaskCompletionSource`1" => method != ".ctor" && method != "get_Task",
        Tasks + "Sources.ManualResetValueTaskSourceCore`1" => method is "Reset" or "SetResult" or "SetException" or "GetResult" or "GetStatus",
        Tasks + "Task" or Tasks + "Task`1" => method is "get_IsCompleted" or "get_IsCompletedSuccessfully",
        Compiler + "TaskAwaiter" or Compiler + "TaskAwaiter`1" => method == "get_IsCompleted",
        Compiler + "ConfiguredTaskAwaitable/ConfiguredTaskAwaiter" or Compiler + "ConfiguredTaskAwaitable`1/ConfiguredTaskAwaiter" => method == "get_IsCompleted",
        "Endless.Http.Tests.Interleavings.Exploring.Scenario" => method == "Pass",
        _ => method is "AwaitUnsafeOnCompleted" or "AwaitOnCompleted" && type.StartsWith(Compiler, StringComparison.Ordinal),
    };
}
