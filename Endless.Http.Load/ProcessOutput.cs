using System.Diagnostics;

namespace Endless.Http.Load;

/// <summary>The lines a process and its descendants print, kept so that a wait also sees what came before it. Thread-safe.</summary>
public sealed class ProcessOutput
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private readonly List<Waiter> _waiters = [];
    private bool _ended;

    /// <summary>Each line as it comes, under the lock: who hears of it must not wait.</summary>
    public event Action<string>? Printed;

    /// <summary>Everything printed so far.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lock) return [.. _lines];
        }
    }

    /// <summary>Waits until as many lines as asked for satisfy the condition, and returns them.</summary>
    /// <exception cref="TimeoutException">Not in time; the message carries the output.</exception>
    /// <exception cref="EndOfStreamException">Nothing more can come, since every process that could print is gone; the message carries the output.</exception>
    public async Task<IReadOnlyList<string>> WaitForAsync(Predicate<string> condition, int count = 1, TimeSpan? span = null)
    {
        var waiter = new Waiter(condition, count);
        lock (_lock)
        {
            _lines.ForEach(waiter.Offer);
            _waiters.Add(waiter);
            if (_ended) waiter.End(ToString());
        }
        try
        {
            return await waiter.Task.WaitAsync(span ?? Deadline.Default);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Not within {(span ?? Deadline.Default).TotalSeconds:0.#} s: the awaited line. The output was:\n{this}");
        }
        finally
        {
            lock (_lock) _waiters.Remove(waiter);
        }
    }

    /// <summary>Waits for the next line that contains the text, looking at what was printed before as well.</summary>
    /// <inheritdoc cref="WaitForAsync(Predicate{string}, int, TimeSpan?)"/>
    public async Task<string> WaitForAsync(string text, TimeSpan? span = null) =>
        (await WaitForAsync(line => line.Contains(text, StringComparison.Ordinal), 1, span))[0];

    public override string ToString() => string.Join('\n', Lines);

    /// <summary>Takes in what a process prints on both its outputs, until the last process that inherited them is gone.</summary>
    public async Task ReadAsync(Process process)
    {
        await Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
        lock (_lock)
        {
            _ended = true;
            _waiters.ForEach(waiter => waiter.End(ToString()));
        }
    }

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_lock)
            {
                _lines.Add(line);
                _waiters.ForEach(waiter => waiter.Offer(line));
                Printed?.Invoke(line);
            }
        }
    }

    private sealed class Waiter(Predicate<string> condition, int count)
    {
        private readonly List<string> _found = [];
        private readonly TaskCompletionSource<IReadOnlyList<string>> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<IReadOnlyList<string>> Task => _source.Task;

        public void Offer(string line)
        {
            if (_found.Count >= count || !condition(line)) return;
            _found.Add(line);
            if (_found.Count == count) _source.TrySetResult(_found);
        }

        public void End(string output) => _source.TrySetException(new EndOfStreamException($"The process is gone. Its output was:\n{output}"));
    }
}
