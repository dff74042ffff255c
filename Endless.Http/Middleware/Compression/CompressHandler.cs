namespace Endless.Http;

/// <summary>Has a handler called whose response may be compressed.</summary>
internal sealed class CompressHandler(IHandler next, Compression compression) : IHandler
{
    public Task ServeHttpAsync(ResponseWriter w, Request r)
    {
        var writer = new CompressWriter(w, r, compression);
        Task serving;
        try
        {
            serving = next.ServeHttpAsync(writer, r);
        }
        catch
        {
            writer.Abandon();
            throw;
        }
        if (serving is null) return serving!;
        if (!serving.IsCompletedSuccessfully) return AwaitAsync(serving, writer);
        var finishing = writer.FinishAsync();
        if (!finishing.IsCompletedSuccessfully) return AwaitAsync(finishing, writer, isFinishing: true);
        writer.Release();
        return finishing;
    }

    private static async Task AwaitAsync(Task task, CompressWriter writer, bool isFinishing = false)
    {
        try
        {
            await task.ConfigureAwait(false);
            if (!isFinishing) await writer.FinishAsync().ConfigureAwait(false);
        }
        catch
        {
            writer.Abandon();
            throw;
        }
        writer.Release();
    }
}
