namespace Endless.Http;

/// <summary>Has a handler called, and answers for it where it fails.</summary>
internal sealed class RecoverHandler(IHandler next, Recovery recovery) : IHandler
{
    public Task ServeHttpAsync(ResponseWriter w, Request r)
    {
        Task serving;
        try
        {
            serving = next.ServeHttpAsync(w, r);
        }
        catch (Exception failure) when (Recovery.CanAnswer(w, r, failure))
        {
            return recovery.AnswerAsync(w, r, failure);
        }
        return serving is null or { IsCompletedSuccessfully: true } ? serving! : AwaitAsync(serving, w, r);
    }

    private async Task AwaitAsync(Task serving, ResponseWriter w, Request r)
    {
        try
        {
            await serving.ConfigureAwait(false);
        }
        catch (Exception failure) when (Recovery.CanAnswer(w, r, failure))
        {
            await recovery.AnswerAsync(w, r, failure).ConfigureAwait(false);
        }
    }
}
