using System.Globalization;
using Endless.Http.Tests.Programs;

namespace Endless.Http.RestartApp;

/// <summary>
/// <c>/tagged/ID/LENGTH/MS</c>: an answer of so many bytes, each of which says whose it is, sent over so many milliseconds. A request's body must be the one of that id, else the answer is a 422 that
/// says what is wrong with it. <c>X-Pid</c> and <c>X-Generation</c> say who answers.
/// </summary>
internal static class TaggedAnswer
{
    private const int Pieces = 20;

    public static async Task ServeAsync(ResponseWriter w, Request r)
    {
        var words = r.Path.Split('/');
        var (id, length, milliseconds) = (Number(words[2]), Number(words[3]), Number(words[4]));
        var sent = new MemoryStream();
        await r.BodyStream.CopyToAsync(sent);
        w.Header["X-Id"] = words[2];
        w.Header["X-Pid"] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        w.Header["X-Generation"] = EndlessProcess.Generation.ToString(CultureInfo.InvariantCulture);
        if (Tagged.Difference(Tagged.Make(id, Tagged.Request, (int)sent.Length), sent.ToArray()) is { } difference)
        {
            w.WriteHeader(422);
            await w.WriteAsync(difference);
            return;
        }
        var answer = Tagged.Make(id, Tagged.Answer, length);
        if (milliseconds == 0)
        {
            await w.WriteAsync(answer);
            return;
        }
        for (var piece = 0; piece < Pieces; piece++)
        {
            await w.WriteAsync(answer.AsMemory(length / Pieces * piece, piece == Pieces - 1 ? length - length / Pieces * piece : length / Pieces));
            await w.FlushAsync();
            await Task.Delay(milliseconds / Pieces);
        }
    }

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
