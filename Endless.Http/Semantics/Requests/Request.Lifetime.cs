using Endless.Http.Semantics;

namespace Endless.Http;

// Who owns the engine's state of a request: the request and its response are thin over it, and the engine uses it for its next request afterwards.
//
// Use after free: a handler may keep its Request or ResponseWriter and use it when the request is over, from any thread. Without this its write would go into another request's
// response, even another client's.
//
// One word, changed by compare-and-swap only: how many operations are inside, whether one of them writes the response or reads the body, and whether the request is over. Every
// operation on engine state enters before it touches anything and leaves when it no longer does, a pending write or read not before it has completed. Once over, nobody enters;
// EndAsync completes when the last one has left. So the engine's state has one user at a time: operations that entered, then the engine.
//
// A write excludes other writes and a read other reads: the second is refused. What touches a header or trailer section excludes the like, and waits for it, since it takes no
// longer than a search: the sections' arrays are pooled, so two threads of one handler that change them at once could otherwise meet in an array that is another request's by then.
public sealed partial class Request
{
    private const int Over = int.MinValue;
    private const int Writing = 1 << 30;
    private const int Reading = 1 << 29;
    private const int Overlapped = 1 << 28;
    private const int InFields = 1 << 27;
    private const int Told = 1 << 26; // a misuse was logged: one of a request is enough
    private const int Inside = Told - 1;

    private int _word;
    private short _finalStatus;

    /// <summary>Nobody enters any more.</summary>
    internal bool IsOver => Volatile.Read(ref _word) < 0;

    /// <summary>A write came while another was under way, and was refused: what the handler meant to send is not known.</summary>
    internal bool HasOverlap => (Volatile.Read(ref _word) & Overlapped) != 0;

    /// <summary>When the request is over, the status that it was answered with.</summary>
    internal int FinalStatus
    {
        get => Volatile.Read(ref _finalStatus);
        set => Volatile.Write(ref _finalStatus, (short)value);
    }

    /// <summary>Begins an operation. False if the request is over; true means that <see cref="Leave"/> is owed.</summary>
    internal bool TryEnter()
    {
        var word = Volatile.Read(ref _word);
        while (word >= 0)
        {
            var seen = Interlocked.CompareExchange(ref _word, word + 1, word);
            if (seen == word) return true;
            word = seen;
        }
        return false;
    }

    /// <inheritdoc cref="TryEnter"/>
    /// <param name="member">What was called, for the exception.</param>
    /// <exception cref="InvalidOperationException">The request is over.</exception>
    internal void Enter(string member)
    {
        if (!TryEnter()) throw Late(member);
    }

    /// <summary>Ends an operation.</summary>
    internal void Leave() => OnLeft(Interlocked.Decrement(ref _word));

    /// <summary>Begins an operation on the response; <see cref="LeaveWrite"/> is owed.</summary>
    /// <param name="member">What was called, for the exception.</param>
    /// <exception cref="InvalidOperationException">The request is over, or another write is under way.</exception>
    internal void EnterWrite(string member) => Enter(member, Writing);

    /// <summary>Begins an operation on the response, if none is under way and the request is not over; <see cref="LeaveWrite"/> is owed.</summary>
    internal bool TryEnterWrite()
    {
        var word = Volatile.Read(ref _word);
        while (word >= 0 && (word & Writing) == 0)
        {
            var seen = Interlocked.CompareExchange(ref _word, (word + 1) | Writing, word);
            if (seen == word) return true;
            word = seen;
        }
        return false;
    }

    /// <summary>A write is under way.</summary>
    internal bool IsWriting => (Volatile.Read(ref _word) & Writing) != 0;

    /// <summary>Ends an operation on the response.</summary>
    internal void LeaveWrite() => OnLeft(Interlocked.Add(ref _word, -(Writing + 1)));

    /// <summary>Begins a read of the body; <see cref="LeaveRead"/> is owed.</summary>
    /// <param name="member">What was called, for the exception.</param>
    /// <exception cref="InvalidOperationException">The request is over, or another read is under way.</exception>
    internal void EnterRead(string member) => Enter(member, Reading);

    /// <summary>Ends a read of the body. False if the request was ended meanwhile: what was read is dropped.</summary>
    internal bool LeaveRead() => OnLeft(Interlocked.Add(ref _word, -(Reading + 1)));

    /// <summary>Begins an operation on a header or trailer section; <see cref="LeaveFields"/> is owed. False if the request is over.</summary>
    internal bool TryEnterFields()
    {
        var spin = new SpinWait();
        while (true)
        {
            var word = Volatile.Read(ref _word);
            if (word < 0) return false;
            if ((word & InFields) == 0 && Interlocked.CompareExchange(ref _word, (word + 1) | InFields, word) == word) return true;
            spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    /// <summary>Ends an operation on a header or trailer section.</summary>
    internal void LeaveFields() => OnLeft(Interlocked.Add(ref _word, -(InFields + 1)));

    /// <summary>Ends the request if nobody is inside and none was refused, as nearly always. Otherwise <see cref="EndAsync"/> does.</summary>
    internal bool TryEnd() => Interlocked.CompareExchange(ref _word, Over, 0) == 0;

    /// <summary>
    /// The handler is done: nobody enters any more, a read of the body that it left behind is ended, and whoever is still inside is waited for; a write has the connection's deadline, or ends with its
    /// stream. Response splitting: framed sooner, a late write would be taken for the next response. Called by the engine, after <see cref="TryEnd"/> or in place of it.
    /// </summary>
    /// <param name="body">The engine's; null for a request without one, where only a hijack can be under way as a read.</param>
    internal async ValueTask EndAsync(RequestBody? body)
    {
        if (IsOver || TryEnd()) return;
        // Written before the exchange that publishes it.
        var left = Extras.Left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var word = Interlocked.Or(ref _word, Over);
        if ((word & Reading) != 0) body?.CancelPendingRead();
        if ((word & Inside) != 0) await left.Task.ConfigureAwait(false);
    }

    /// <summary>What is thrown for a call that came when the request was over, or was under way then and did not come to its end. The first one is logged.</summary>
    /// <param name="member">What was called.</param>
    internal InvalidOperationException Late(string member)
    {
        if (IsFirstMisuse()) _exchange.OnLateUse(this, member);
        return new InvalidOperationException(
            $"{member} was refused: the request {Name} is over, since its handler has returned. Await everything that uses a request or its response before the handler returns.");
    }

    private void Enter(string member, int kind)
    {
        var word = Volatile.Read(ref _word);
        while (true)
        {
            if (word < 0) throw Late(member);
            var overlaps = (word & kind) != 0;
            // Race: the exchange that proves an overlap also marks it. Marked later, the other write and the request may have ended, as if it were whole.
            var next = !overlaps ? (word + 1) | kind : kind == Writing ? word | Overlapped : word;
            var seen = Interlocked.CompareExchange(ref _word, next, word);
            if (seen == word)
            {
                if (overlaps) throw Overlap(member, kind);
                return;
            }
            word = seen;
        }
    }

    private InvalidOperationException Overlap(string member, int kind)
    {
        if (IsFirstMisuse()) _exchange.OnOverlap(this, member);
        var other = kind == Writing ? "a write of its response" : "a read of its body";
        return new InvalidOperationException($"{member} was called for the request {Name} while {other} was under way: await each before the next, and do not write in a callback of OnStarting.");
    }

    private bool IsFirstMisuse() => (Interlocked.Or(ref _word, Told) & Told) == 0;

    private bool OnLeft(int word)
    {
        if (word >= 0) return true;
        if ((word & Inside) == 0) _extras!.Left!.SetResult();
        return false;
    }
}
