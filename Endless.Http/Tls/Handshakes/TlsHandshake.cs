using System.Buffers;
using Endless.Http.Budgets;
using Endless.Http.Connections;
using Endless.Http.Http1;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Tls;

/// <summary>The beginning of a TLS connection, up to the point where its pipes can be used, or the end of it.</summary>
internal sealed class TlsHandshake
{
    /// <summary>How long a client that is refused is given to read its answer before a reset can take it away. Go's rstAvoidanceDelay.</summary>
    private const long Linger = 500;

    private const string WeakSuites = "the client offers no cipher suite with ephemeral keys and authenticated encryption (TlsOptions.CipherSuites allows others)";

    private readonly TlsConnection _connection;
    private readonly Connection _inner;
    private readonly TlsContext _context;
    private readonly long _drainGrace;
    private readonly ProcessBudget _budget;
    private readonly TaskCompletionSource<string> _givenUp = new();
    private bool _isWeak;
    private bool _leaving;

    public TlsHandshake(TlsConnection connection, TlsContext context, long drainGrace, ProcessBudget budget)
    {
        _connection = connection;
        _inner = connection.Inner;
        _context = context;
        _drainGrace = drainGrace;
        _budget = budget;
    }

    /// <summary>True if the handshake succeeded; otherwise the connection is to be closed. Ends at the connection's deadlines at the latest.</summary>
    public async Task<bool> RunAsync(ILogger logger)
    {
        var problem = await FirstByteAsync().ConfigureAwait(false) switch
        {
            ClientHello.HandshakeRecord when _isWeak => await RefuseWeakAsync().ConfigureAwait(false),
            ClientHello.HandshakeRecord => await AuthenticateInTurnAsync().ConfigureAwait(false),
            >= (byte)'A' and <= (byte)'Z' => await RefusePlainHttpAsync().ConfigureAwait(false),
            null => "the client closed the connection or said nothing in time",
            _ => "the client speaks neither TLS nor HTTP",
        };
        if (problem != null) TlsLog.HandshakeFailed(logger, _connection.Id, problem);
        return problem == null;
    }

    private async Task<byte?> FirstByteAsync()
    {
        while (true)
        {
            var read = await _inner.Input.ReadAsync().ConfigureAwait(false);
            byte? first = read.Buffer.IsEmpty ? null : read.Buffer.FirstSpan[0];
            _isWeak = _context.RefusesWeakCipherSuites && ClientHello.OffersWeakSuitesOnly(read.Buffer.FirstSpan);
            _inner.Input.AdvanceTo(read.Buffer.Start);      // nothing examined: SslStream's first read finds it all
            if (!read.IsCanceled) return first;
            if (!MayGoOn()) return null;
        }
    }

    /// <summary>Not more than the process has room for: from the client's first bytes on a handshake holds what OpenSSL needs for it.</summary>
    private async Task<string?> AuthenticateInTurnAsync()
    {
        var place = new Holding(_budget.Handshakes, _connection, step: 1);
        try
        {
            // No read waits meanwhile, so the deadline is looked at here.
            var patience = _inner.ReadDeadline == Connection.NoDeadline ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(Math.Clamp(_inner.ReadDeadline - _inner.Now, 0, int.MaxValue));
            return await _budget.HandshakePlaces.EnterAsync(place, patience).ConfigureAwait(false) ? await AuthenticateAsync().ConfigureAwait(false) : "too many handshakes were under way";
        }
        finally
        {
            _budget.HandshakePlaces.Leave(place);
        }
    }

    private async Task<string?> AuthenticateAsync()
    {
        var authentication = _connection.AuthenticateAsync(_context, OnStopped);
        if (await Task.WhenAny(authentication, _givenUp.Task).ConfigureAwait(false) != authentication)
            return await _givenUp.Task.ConfigureAwait(false);
        try
        {
            await authentication.ConfigureAwait(false);
            // OpenSSL prefers strong suites: the client offered none that fits the certificate's key, or its list was too long to be there whole.
            return _context.RefusesWeakCipherSuites && _connection.Tls is { HasStrongCipherSuite: false } ? WeakSuites : null;
        }
        catch (Exception exception)
        {
            // Any kind: a ClientHello that is too short makes SslStream throw IndexOutOfRangeException.
            // The alert that says why to the client: SslStream does not flush every one, and has none for what its callback throws.
            if ((exception as NoCertificateException ?? exception.InnerException) is NoCertificateException { Alert: var alert }) _inner.Output.Write(TlsAlert.Fatal(alert));
            await _inner.Output.FlushAsync().ConfigureAwait(false);
            return TlsLog.Reason(exception);
        }
    }

    private async Task<string> RefuseWeakAsync()
    {
        _inner.Output.Write(TlsAlert.Fatal(TlsAlert.InsufficientSecurity));
        await _inner.Output.FlushAsync().ConfigureAwait(false);
        await LingeringClose.RunAsync(_inner, Linger).ConfigureAwait(false);
        return WeakSuites;
    }

    private void OnStopped(ReadStop stop)
    {
        if (stop == ReadStop.Ended) _givenUp.TrySetResult("the client closed the connection");
        else if (MayGoOn()) _connection.ResumeHandshake();
        else _givenUp.TrySetResult("the client took too long");
    }

    /// <summary>After a read was canceled: false at the deadline. A request to leave brings the deadline nearer; the engine hears of it after the handshake.</summary>
    private bool MayGoOn()
    {
        if (_inner.ReadTimedOut) return false;
        if (_leaving || _connection.Leave == LeaveRequest.None) return true;
        _leaving = true;
        _inner.ReadDeadline = Math.Min(_inner.ReadDeadline, _inner.Now + _drainGrace);
        return true;
    }

    /// <summary>A client that speaks HTTP in the clear is told so, in the words of Go's net/http.</summary>
    private async Task<string> RefusePlainHttpAsync()
    {
        _inner.Output.Write("HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"u8);
        await _inner.Output.FlushAsync().ConfigureAwait(false);
        await LingeringClose.RunAsync(_inner, Linger).ConfigureAwait(false);
        return "the client sent HTTP in the clear";
    }
}
