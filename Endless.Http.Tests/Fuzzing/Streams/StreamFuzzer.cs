using System.Collections.Concurrent;
using Endless.Http.Connections;
using Endless.Http.Http2;
using Endless.Http.Http2.Frames;
using Endless.Http.Load;
using Endless.Http.Semantics;
using Endless.Http.Tests.Http2;
using Endless.Http.Tests.Protocols;

namespace Endless.Http.Tests.Fuzzing.Streams;

/// <summary>
/// One connection of HTTP/2 in memory, its life by chance: frames right and wrong from the client, handlers that do anything, and a model of RFC 9113 that judges each reaction. All on one thread, so that a
/// seed tells its story again; only the end of a connection waits for others. In the end nothing may be held: no stream, no handler, no octet of a window.
/// </summary>
internal sealed class StreamFuzzer
{
    private readonly string _source;
    private readonly Random _random;
    private readonly List<string> _story = [];
    private readonly ConcurrentQueue<TaskCompletionSource> _turns = new();
    private readonly ConnectionModel _model = new();
    private readonly SendingModel _sending;
    private readonly ReceivingModel _receiving;
    private readonly RandomFrames _frames;
    private readonly RandomHandler _handler;
    private readonly RecordingLogger _logger = new();
    private readonly MemoryConnection _connection;
    private readonly ProtocolContext _context;
    private readonly Http2Connection _engine;
    private readonly ReceivedFrames _received;
    private readonly bool _isTame; // no frame that ends the connection
    private Task _serving = Task.CompletedTask;

    public StreamFuzzer(int seed)
        : this(new Random(seed), $"seed {seed}")
    {
    }

    /// <param name="random">Decides everything.</param>
    /// <param name="source">What that came from, for whoever is told of a fault.</param>
    public StreamFuzzer(Random random, string source)
    {
        (_random, _source) = (random, source);
        _isTame = _random.Next(3) > 0;
        _connection = new MemoryConnection(_random.Next(2) == 0 ? 8 * 1024 : long.MaxValue) { Turns = _turns };
        _received = new ReceivedFrames(_connection.FromServer);
        _sending = new SendingModel(_model);
        _receiving = new ReceivingModel(_model);
        _frames = new RandomFrames(_random, _model, new Http2Client(_connection.ToServer, _connection.FromServer));
        _handler = new RandomHandler(_random, _model);
        var context = _context = new ProtocolContext
        {
            Handler = _handler,
            Logger = _logger,
            Limits = new() { MinBodyBytesPerSecond = 0, LeastResponseRate = null }, // the model knows no rates
            Timeouts = new() { DrainGrace = 60_000, Linger = 60_000 },
        };
        _engine = new Http2Connection(_connection, context);
    }

    /// <summary>Frames sent by the client.</summary>
    public int Frames { get; private set; }

    /// <summary>The whole life.</summary>
    /// <exception cref="Xunit.Sdk.XunitException">The server has done what it must not: the message holds the seed and the story.</exception>
    public void Run()
    {
        try
        {
            Begin();
            for (var steps = _random.Next(5, 120); steps > 0 && !IsOver; steps--) Step();
            End();
            if (_logger.Entries.FirstOrDefault(e => e.Text.Contains("This is a bug", StringComparison.Ordinal)) is { Text: not null } bug) Fail($"{bug.Text} {bug.Exception}");
        }
        catch (Exception exception) when (exception is not Xunit.Sdk.XunitException)
        {
            Fail(exception.ToString());
        }
    }

    private bool IsOver => _received.IsEnded || _receiving.Failure is not null;

    private void Begin()
    {
        _serving = _engine.ServeAsync();
        Write(Preface.Octets.ToArray());
        Send(_frames.Settings());
        Write(Octets(new SentFrame(FrameType.Settings, FrameFlags.Ack, 0, [])));
        Settle();
    }

    private void Step()
    {
        switch (_random.Next(24))
        {
            case < 4:
                Send(_frames.Request());
                break;
            case < 8:
                if (_frames.Upload() is { } upload) Send(upload);
                break;
            case < 11:
                Story("a handler goes on");
                _handler.Release();
                Settle();
                break;
            case 11 or 12:
                Send(_frames.WindowUpdate());
                break;
            case 13:
                if (_random.Next(10) == 0)
                {
                    Story("a minute passes");
                    _model.Now += 61_000;
                    _connection.PassTime(61_000);
                }
                Send(_random.Next(3) switch { 0 => _frames.Settings(), 1 => _frames.Ping(), _ => _frames.Priority(1 + _random.Next(_model.Highest + 4)) });
                break;
            case 14:
                if (_frames.Reset() is { } reset) Send(reset);
                break;
            case 15:
                Send(_frames.Request(malformed: true));
                break;
            case 16:
                foreach (var frame in _frames.Split(_random.Next(3) == 0 && _frames.Upload() is { } last ? last : _frames.Request())) Send(frame);
                break;
            case 17 or 18:
                Batch();
                break;
            case 19:
                Leave();
                break;
            default:
                Wild();
                break;
        }
    }

    /// <summary>Any frame, also in the midst of a header block.</summary>
    private void Wild()
    {
        var frame = _frames.Any();
        if (!_isTame && _random.Next(10) == 0)
        {
            var block = _frames.Split(_frames.Request());
            if (block.Length > 1) Send(block[0]);
        }
        if (_sending.IsInBlock && frame.Type == FrameType.Continuation) return; // octets of no block
        var reaction = _sending.Judge(frame);
        if (!IsOver && !(_isTame && (reaction.EndsConnection || frame.Type == FrameType.GoAway))) Send(frame);
    }

    /// <summary>Right frames in one piece, or a client that does not read for a while.</summary>
    private void Batch()
    {
        if (_random.Next(3) == 0)
        {
            // Rapid reset.
            var request = _frames.Request();
            if (_sending.Judge(request) != Reaction.None) return;
            var octets = Take(request);
            Write([.. octets, .. Take(_frames.Reset(request.StreamId))]);
            Settle();
            return;
        }
        var isLazy = _random.Next(2) == 0;
        _model.IsCrossing = true;
        var piece = new List<byte>();
        for (var count = _random.Next(2, 7); count > 0; count--)
        {
            var frame = _random.Next(7) switch { 0 or 1 => _frames.Request(), 2 or 3 => _frames.Upload(), 4 => _frames.WindowUpdate(), 5 => _frames.Settings(), _ => _frames.Ping() };
            if (frame is null || _sending.Judge(frame) != Reaction.None) continue;
            piece.AddRange(Take(frame));
            if (!isLazy) continue;
            Write([.. piece]);
            piece.Clear();
            if (_random.Next(2) == 0 && _handler.Release()) Story("a handler goes on meanwhile");
            Turn();
        }
        Write([.. piece]);
        Settle();
        _model.IsCrossing = false;
    }

    private void Leave()
    {
        if (_receiving.Pings.TryDequeue(out var ping)) Send(new SentFrame(FrameType.Ping, FrameFlags.Ack, 0, ping));
        if (_random.Next(40) > 0) return;
        _model.MayLeave = true;
        if (_random.Next(2) == 0)
        {
            Send(_frames.GoAway());
            return;
        }
        Story("the server is asked to leave");
        _connection.RequestLeave(LeaveRequest.Drain);
        Settle();
    }

    private void Send(SentFrame frame)
    {
        if (IsOver) return;
        // What handlers have written and not flushed is on its way: so that nothing may come behind the reset.
        if (frame.Type == FrameType.RstStream && !_sending.IsInBlock) Send(_frames.Ping());
        var octets = Take(frame);
        // In pieces, of which only the last brings anything about.
        for (var cuts = _random.Next(3); cuts > 0 && octets.Length > 1; cuts--)
        {
            var at = _random.Next(1, octets.Length);
            Write(octets[..at]);
            octets = octets[at..];
        }
        Write(octets);
        Settle();
    }

    /// <summary>The octets of a frame that is sent now, as the model is told.</summary>
    private byte[] Take(SentFrame frame)
    {
        Frames++;
        var reaction = _sending.Judge(frame);
        Story($"> {frame}{(reaction == Reaction.None ? "" : $"; {reaction}")}");
        _receiving.Expect(frame, reaction);
        _sending.Apply(frame, reaction);
        return Octets(frame);
    }

    private static byte[] Octets(SentFrame frame)
    {
        var octets = new byte[FrameHeader.Size + frame.Payload.Length];
        new FrameHeader(frame.Payload.Length, frame.Type, frame.Flags, frame.StreamId).Write(octets);
        frame.Payload.CopyTo(octets, FrameHeader.Size);
        return octets;
    }

    private void Write(byte[] octets)
    {
        if (octets.Length > 0) _connection.ToServer.WriteAsync(octets).GetAwaiter().GetResult();
    }

    /// <summary>The loop goes on to its next turn.</summary>
    private bool Turn()
    {
        var any = false;
        for (; _turns.TryDequeue(out var turn); any = true) turn.SetResult();
        return any;
    }

    /// <summary>Reads until the server has nothing more to do or to say, and has it judged.</summary>
    private void Settle()
    {
        Drain();
        if (_receiving.Settle() is { } fault && !_received.IsEnded) Fail(fault);
    }

    private void Drain()
    {
        bool goesOn;
        do
        {
            goesOn = Turn();
            while (_received.TryTake() is { } frame)
            {
                goesOn = true;
                Story($"    < {frame}{(frame.Fields is null ? "" : string.Join(' ', frame.Fields))}");
                if (_receiving.Receive(frame) is { } fault) Fail(fault);
            }
            if (_handler.Fault is { } wrong) Fail(wrong);
        }
        while (goesOn);
    }

    /// <summary>Comes to an end in one of several ways, and looks at what is left.</summary>
    private void End()
    {
        var way = _random.Next(6);
        if (!IsOver && way == 0)
        {
            Story("the client ends its side");
            _model.IsHalfClosed = true;
            _connection.CloseByClient();
            Settle();
        }
        else if (!IsOver && way > 1)
        {
            EndStreams();
        }
        _handler.IsEnding = true;
        if (!IsOver && way > 1 && !_model.IsLeaving && !_model.MayLeave && !_sending.IsInBlock) Prove();
        Close(isReset: way == 1);
    }

    /// <summary>Every request and every response comes to its end.</summary>
    private void EndStreams()
    {
        Story("everything is to come to its end");
        _handler.IsEnding = true;
        for (var rounds = 0; _model.Open().Any() && !IsOver; rounds++)
        {
            if (rounds > 20) Fail("A stream does not end: " + string.Join(", ", _model.Open().Select(stream => stream.Id)));
            while (_handler.Release()) Settle();
            if (_model.SendWindow < 1_000_000) Send(_frames.WindowUpdate(0, 2_000_000));
            foreach (var stream in _model.Open().ToArray())
            {
                if (!stream.ServerEnded && stream.SendWindow < 1_000_000) Send(_frames.WindowUpdate(stream.Id, 1_000_000 - stream.SendWindow));
                if (stream.TakesFrames) Send(_frames.End(stream));
            }
        }
        if (_receiving.Pings.TryDequeue(out var ping)) Send(new SentFrame(FrameType.Ping, FrameFlags.Ack, 0, ping));
        while (_handler.Release()) Settle(); // those whose streams are closed
        AssertNothingIsHeld();
    }

    private void AssertNothingIsHeld()
    {
        Turn();
        var streams = _engine.Streams;
        if (streams.Count != 0 || streams.Running != 0 || streams.LeftBehind.Count != 0) Fail($"{streams.Count} streams are open, {streams.Running} handlers run, {streams.LeftBehind.Count} are left behind.");
        // Where the connection ends by a frame, what that carried is nobody's.
        if (_receiving.Failure is not null) return;
        // A header block that is to go on holds its octets.
        if (_sending.IsInBlock && !_serving.IsCompleted) return;
        if (_engine.Account.Held != 0 || _engine.Account.Grown != 0) Fail($"{_engine.Account.Held} octets of the connection's window are held, {_engine.Account.Grown} of its growth.");
        if (_context.Budget.All.FirstOrDefault(budget => budget.Used != 0) is { } budget) Fail($"{budget.Used} {budget.Name} are held.");
    }

    /// <summary>The connection is as good as new: its window is what the client has given, and it takes as many streams as ever.</summary>
    private void Prove()
    {
        var length = (int)Math.Clamp(_model.SendWindow, 0, 100_000);
        var id = Get($"?{length}");
        if (_model.Find(id) is { } stream && stream.SendWindow < length) Send(_frames.WindowUpdate(id, length - stream.SendWindow));
        if (_model.Find(id) is not { IsClosed: true, ResetByServer: false }) Fail("A response within the windows does not come whole.");
        if (_random.Next(10) > 0) return;
        if (_model.SendWindow < 1_000_000) Send(_frames.WindowUpdate(0, 1_000_000));
        for (var count = 0; count <= ConnectionModel.MaxStreams; count++)
        {
            // Each waits for its body: so many are open at a time, and one is too many.
            var isRefused = _model.Find(Get("?read", endStream: false)) is { ResetByServer: true };
            if (isRefused != (count == ConnectionModel.MaxStreams)) Fail($"Of so many streams one is {(isRefused ? "refused" : "taken")}: {count}.");
        }
        EndStreams();
    }

    private int Get(string query, bool endStream = true)
    {
        var frame = _frames.Get(query, endStream);
        Send(frame);
        return frame.StreamId;
    }

    /// <summary>The client closes, and the engine is done.</summary>
    private void Close(bool isReset)
    {
        Story(isReset ? "the client is gone" : "the client closes");
        if (isReset) _connection.ResetByClient();
        else if (!_model.IsHalfClosed) _connection.CloseByClient();
        _model.IsHalfClosed = true;
        var deadline = Deadline.After();
        do
        {
            _handler.Release();
            if (isReset) Turn();
            else Drain();
            if (deadline.Passed) Fail("The engine does not end.");
        }
        while (!_serving.Wait(1) || Turn());
        AssertNothingIsHeld();
        if (!isReset && _receiving.Failure is null && _model.Open().FirstOrDefault() is { } open) Fail($"Stream {open.Id} was left open.");
    }

    private void Story(string step) => _story.Add(step);

    private void Fail(string what) => Assert.Fail($"{what}\n{_source}:\n{string.Join('\n', _story)}\n{string.Join('\n', _logger.Entries.Select(e => $"log: {e.Text} {e.Exception?.Message}"))}");
}
