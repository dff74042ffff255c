using System.Buffers;
using System.IO.Pipelines;
using Endless.Http.Semantics;

namespace Endless.Http.Http1;

/// <summary>
/// <c>Expect: 100-continue</c> (RFC 9110 section 10.1.1): a client that waits for 100 Continue before it sends the body is told to go on when the body is first read. One for a connection.
/// </summary>
/// <param name="response">The response: once its status is chosen, 100 Continue is not sent.</param>
/// <param name="ownership">Of the output.</param>
/// <param name="output">Where it goes.</param>
internal sealed class ExpectContinue(ServerResponse response, OutputOwnership ownership, PipeWriter output)
{
    /// <summary>The client waits for 100 Continue, has not got it and has sent nothing without it: it may never send the body.</summary>
    public bool IsOwed { get; private set; }

    /// <summary>Begins a request.</summary>
    /// <param name="isExpected">It asks for 100 Continue.</param>
    public void Begin(bool isExpected) => IsOwed = isExpected;

    /// <summary>Bytes of the body came: the client did not wait for it.</summary>
    public void OnBodyCame() => IsOwed = false;

    /// <summary>Sends it if it is owed, unless the handler already chose a status or is writing: then the client is not told to go on.</summary>
    /// <remarks>Request smuggling: it stays owed until it was sent. A client that got an answer in its place may go on with its next request, which must not be taken for the body.</remarks>
    public ValueTask SendAsync() => IsOwed ? SendOwedAsync() : default;

    private async ValueTask SendOwedAsync()
    {
        if (response.StatusCode != 0 || !ownership.TryEnter()) return;
        try
        {
            if (response.StatusCode != 0) return;
            output.Write("HTTP/1.1 100 Continue\r\n\r\n"u8);
            IsOwed = false; // before the response may begin: its head says what the connection can be used for
            await output.FlushAsync().ConfigureAwait(false);
        }
        finally
        {
            ownership.Exit();
        }
    }
}
