using System.Diagnostics;
using System.Globalization;
using System.Text;
using Endless.Http.Native;

namespace Endless.Http.Control;

/// <summary>One question at a <see cref="RestartSocket"/>, and its answer.</summary>
/// <remarks>
/// <para>A connection is one line each way. Asked: <c>restart</c>, or <c>restart TICKS</c> by one who was sent on. Answered: <c>ok GENERATION PID</c>; <c>failed REASON</c>; or
/// <c>again TICKS</c>, which sends on to the newest generation.</para>
/// <para>Who asks is answered with an attempt that began later, so that a build deployed before the question is in it. An attempt that was already under way is waited for,
/// and another made; TICKS, the time of the first question, has those who were sent on at once share one.</para>
/// </remarks>
internal static class RestartConversation
{
    /// <summary>How long who connects has to ask: seconds.</summary>
    private const int RequestTimeout = 5;

    private const int MaxRequestBytes = 64;

    /// <summary>One question and its answer; closes the connection, which nobody else knows.</summary>
    internal static async Task HoldAsync(int connection, Func<Task<RestartResult>> restart)
    {
        try
        {
            var asked = Stopwatch.GetTimestamp();
            var answer = Receive(connection).Split(' ') switch
            {
                ["restart"] => await RestartAsync(asked, restart).ConfigureAwait(false),
                ["restart", var first] when long.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) => await RestartAsync(ticks, restart).ConfigureAwait(false),
                _ => "failed this is not a request that is known here",
            };
            Send(connection, Encoding.UTF8.GetBytes(answer.ReplaceLineEndings(" ") + "\n"));
        }
        finally
        {
            _ = Libc.close(connection);
        }
    }

    private static async Task<string> RestartAsync(long asked, Func<Task<RestartResult>> restart)
    {
        while (true)
        {
            var result = await restart().ConfigureAwait(false);
            if (result.Other is { } other)
            {
                result = await other.Result.ConfigureAwait(false);
                if (other.BeganAt < asked)
                {
                    if (result.Succeeded) return string.Create(CultureInfo.InvariantCulture, $"again {asked}");
                    continue;
                }
            }
            return result.Succeeded ? string.Create(CultureInfo.InvariantCulture, $"ok {result.Generation} {result.ProcessId}") : $"failed {result.Reason}";
        }
    }

    /// <summary>The first line; what there is of it if it does not come in time.</summary>
    private static unsafe string Receive(int connection)
    {
        var timeout = new Libc.TimeValue { Seconds = RequestTimeout };
        _ = Libc.setsockopt(connection, Libc.SOL_SOCKET, Libc.SO_RCVTIMEO, &timeout, (uint)sizeof(Libc.TimeValue));
        _ = Libc.setsockopt(connection, Libc.SOL_SOCKET, Libc.SO_SNDTIMEO, &timeout, (uint)sizeof(Libc.TimeValue));
        var bytes = stackalloc byte[MaxRequestBytes];
        var length = 0;
        while (length < MaxRequestBytes)
        {
            var received = (int)Libc.recv(connection, bytes + length, (nuint)(MaxRequestBytes - length), 0);
            if (received == -Errno.EINTR) continue;
            if (received <= 0) break;
            length += received;
            if (bytes[length - 1] == '\n') break;
        }
        return Encoding.ASCII.GetString(bytes, length).TrimEnd('\n');
    }

    private static unsafe void Send(int connection, ReadOnlySpan<byte> answer)
    {
        fixed (byte* bytes = answer)
            _ = Libc.send(connection, bytes, (nuint)answer.Length, Libc.MSG_NOSIGNAL); // a line fits; who has gone misses nothing
    }
}
