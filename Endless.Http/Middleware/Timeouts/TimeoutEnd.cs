using System.Globalization;
using Endless.Http.Semantics;

namespace Endless.Http;

/// <summary>The end of a handler's time: who is answered by whom.</summary>
internal sealed class TimeoutEnd(ResponseWriter w, TimeoutWriter writer, CancellationTokenSource cancellation)
{
    public const string Reason = "the request took too long to be answered";

    private readonly TaskCompletionSource<bool> _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private bool _hasReturned;

    /// <summary>Completes when the time is over: true if the answer was given, because the handler had blocked its thread.</summary>
    public Task<bool> Reached => _reached.Task;

    /// <summary>The handler has returned its task: whoever waits for that answers.</summary>
    public void OnReturned()
    {
        lock (_gate) _hasReturned = true;
    }

    /// <summary>The time is over.</summary>
    public void OnTime()
    {
        bool answers;
        lock (_gate)
        {
            if (!writer.TryTimeOut()) return;
            answers = !_hasReturned;
        }
        _ = EndAsync(answers);
    }

    private async Task EndAsync(bool answers)
    {
        // Its callbacks are the handler's, and may take long.
        var canceling = cancellation.CancelAsync();
        if (answers)
        {
            try
            {
                await AnswerAsync().ConfigureAwait(false);
            }
            catch (Exception)
            {
                // The client is gone, or the server has ended the request.
            }
        }
        _reached.SetResult(answers);
        await canceling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>With its length, and flushed: the response ends for the client before the handler has returned. Over HTTP/1 its connection is of no use until then.</summary>
    private Task AnswerAsync()
    {
        var text = new Rejection(503, Reason).Text;
        w.StatusCode = 503;
        foreach (var name in Rejection.FieldsOfBody) w.Header.Remove(name);
        w.Header.Set("Content-Type", "text/plain; charset=utf-8");
        w.Header.Set("Content-Length", text.Length.ToString(CultureInfo.InvariantCulture));
        w.Header.Set("Connection", "close");
        w.Write(text);
        return w.FlushAsync();
    }
}
