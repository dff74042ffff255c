using System.Runtime.CompilerServices;

namespace Endless.Http.Semantics;

/// <summary>
/// Refuses handlers that are <c>async void</c>, to which C# silently converts an async lambda where a <see cref="HandlerFunc"/> is wanted. Such a handler returns at its first await: the response ends there,
/// what it writes afterwards is refused, and what it throws ends the process.
/// </summary>
/// <remarks>
/// The one use of reflection in the library: nothing but the attribute that the compiler puts on the method tells it from one that is done when it returns. It is read once for each registration: the first costs 2 to 4 ms
/// of CPU time, as the runtime comes to reflection at all, each later one 0.5 µs. Trimming keeps the method of a delegate and its attributes. A native program would have to carry metadata for the target of each
/// delegate in it, so there the branch is left out as it is compiled; the package's analyzer (EHTTP002) says the same at compile time.
/// </remarks>
internal static class AsyncVoid
{
    /// <exception cref="ArgumentException">It is, or one of several that it stands for.</exception>
    public static void Refuse(HandlerFunc handler, string parameter)
    {
        if (!RuntimeFeature.IsDynamicCodeSupported) return;
        foreach (var single in Delegate.EnumerateInvocationList(handler))
        {
            if (!single.Method.IsDefined(typeof(AsyncStateMachineAttribute), inherit: false)) continue;
            throw new ArgumentException(
                "An async void handler has returned at its first await, and its response ends there. Have it return a Task: " +
                "pass an AsyncHandlerFunc, \"AsyncHandlerFunc handler = async (w, r) => await w.WriteAsync(...)\", or a method \"async Task Handle(ResponseWriter w, Request r)\".",
                parameter);
        }
    }
}
