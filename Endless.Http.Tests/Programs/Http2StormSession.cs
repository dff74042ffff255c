using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using Endless.Http.Http2;
using Endless.Http.Http2.Frames;
using Endless.Http.Http2.Hpack;
using Endless.Http.Load;

namespace Endless.Http.Tests.Programs;

/// <summary>One connection of <see cref="Http2StormClient"/>: any number of flows ask, one sends, one receives.</summary>
internal sealed class Http2StormSession
{
    private static readonly int[] Windows = [1_000, 16_384, 65_535, 1 << 20];

    private readonly StormConnection _connection;
    private readonly Random _random;
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _hasOutput = new(0);
    private readonly FrameWriter _output = new();
    private readonly HpackEncoder _encoder = new();
    private readonly HpackDecoder _decoder = new();
    private readonly Dictionary<int, Http2StormStream> _streams = [];
    private readonly List<byte> _block = [];
    private readonly int _window;
    private TaskCompletionSource _windowGrown = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _sendWindow = 65_535;
    private int _initialSendWindow = 65_535;
    private int _owed; // received, and not yet given back to the connection's window
    private int _lastStream = -1;
    private bool _ended;
    private FrameHeader _headers;

    public Http2StormSession(StormConnection connection, Random random, int? window = null)
    {
        (_connection, _random) = (connection, random);
        _window = window ?? Windows[random.Next(Windows.Length)];
        _output.WriteSettings(new Setting(SettingId.InitialWindowSize, (uint)_window));
        _hasOutput.Release();
    }

    /// <summary>What the server did to the connection and must not.</summary>
    public ConcurrentQueue<string> Faults { get; } = [];

    /// <summary>The connection has ended.</summary>
    public bool IsOver { get; private set; }

    public async Task<Answer> RequestAsync(Visit visit, Random own)
    {
        var stream = new Http2StormStream(_window) { IsSent = visit.Sent.Length == 0 };
        int id;
        lock (_lock)
        {
            if (IsOver) return Answer.Of(AnswerEnd.Malformed, "the connection has ended");
            id = _lastStream += 2;
            stream.SendWindow = _initialSendWindow;
            _streams.Add(id, stream);
            _encoder.Begin();
            _encoder.Add(":method", visit.Method);
            _encoder.Add(":scheme", visit.Protocol.IsTls() ? "https" : "http");
            _encoder.Add(":path", visit.Target);
            _encoder.Add(":authority", "localhost");
            _encoder.Add("x-id", visit.Id.ToString(CultureInfo.InvariantCulture));
            _encoder.Add("cookie", $"id={visit.Id}");
            if (visit.Sent.Length > 0 && own.Next(2) == 0) _encoder.Add("content-length", visit.Sent.Length.ToString(CultureInfo.InvariantCulture));
            _output.WriteHeaders(id, _encoder.Block, endStream: visit.Sent.Length == 0, maxFrameSize: own.Next(10) == 0 ? 40 : FrameHeader.DefaultMaxFrameSize);
        }
        _hasOutput.Release();
        var sending = SendBodyAsync(id, stream, visit, own);
        var answer = stream.Answered.Task;
        long before;
        do before = stream.BodyLength;
        while (await Task.WhenAny(answer, Task.Delay(Deadline.Default / 2)) != answer && stream.BodyLength > before);
        stream.Answered.TrySetResult(Answer.Of(AnswerEnd.Malformed, $"no end of the answer comes, after {stream.BodyLength:#,0} bytes"));
        await sending;
        lock (_lock)
        {
            _streams.Remove(id);
            // The rest of the body is not sent, which the server must know.
            if (!stream.IsSent && !stream.IsReset && !visit.ClientLeft) _output.WriteRstStream(id, ErrorCode.Cancel);
        }
        _hasOutput.Release();
        return await answer;
    }

    /// <summary>Sends what the flows and the receiver have to say, until the end.</summary>
    public async Task SendAsync()
    {
        try
        {
            await _connection.Stream.WriteAsync(Preface.Octets.ToArray());
            while (true)
            {
                await _hasOutput.WaitAsync();
                byte[] octets;
                lock (_lock)
                {
                    if (_ended) return;
                    octets = _output.Written.ToArray();
                    _output.Clear();
                }
                if (octets.Length > 0) await SlicedSender.SendAsync(_connection.Stream, octets, _random);
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            Over(exception.Message);
        }
    }

    /// <summary>Receives until the end of the connection.</summary>
    public async Task ReceiveAsync()
    {
        var cause = "closed";
        try
        {
            var header = new byte[FrameHeader.Size];
            while (await _connection.Stream.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false) == header.Length)
            {
                var frame = FrameHeader.Read(header);
                var payload = new byte[frame.Length];
                await _connection.Stream.ReadExactlyAsync(payload);
                lock (_lock) Receive(frame, payload);
                _hasOutput.Release();
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            cause = exception.Message;
        }
        catch (FormatException exception)
        {
            cause = exception.Message;
            Faults.Enqueue(cause);
        }
        Over(cause);
    }

    /// <summary>The client is done with the connection.</summary>
    public void End()
    {
        lock (_lock) _ended = true;
        _hasOutput.Release();
    }

    private void Over(string cause)
    {
        lock (_lock)
        {
            if (!_ended && !IsOver) Faults.Enqueue($"the connection ended with {_streams.Count} requests on it: {cause}");
            IsOver = true;
            // To each of them it is an end that its handler did not cause.
            foreach (var stream in _streams.Values) stream.Answered.TrySetResult(Answer.Of(AnswerEnd.Malformed, $"the connection ended: {cause}"));
            Pulse();
        }
    }

    private async Task SendBodyAsync(int id, Http2StormStream stream, Visit visit, Random own)
    {
        var largest = own.Next(4) switch { 0 => 1 + visit.Sent.Length / 200, 1 => 1 + visit.Sent.Length / 10, _ => FrameHeader.DefaultMaxFrameSize };
        var leaveAt = visit.Program.ReadsAll && visit.Sent.Length > 10 && own.Next(60) == 0 ? own.Next(visit.Sent.Length) : int.MaxValue;
        for (var at = 0; at < visit.Sent.Length && !stream.Answered.Task.IsCompleted;)
        {
            Task? grown = null;
            lock (_lock)
            {
                if (at >= leaveAt)
                {
                    visit.ClientLeft = true;
                    _output.WriteRstStream(id, ErrorCode.Cancel);
                    stream.Answered.TrySetResult(Answer.Of(AnswerEnd.Cut, "the client left"));
                }
                else if (Math.Min(_sendWindow, stream.SendWindow) is > 0 and var window && !IsOver)
                {
                    var count = (int)Math.Min(window, Math.Min(visit.Sent.Length - at, 1 + own.Next(Math.Min(largest, FrameHeader.DefaultMaxFrameSize))));
                    var isLast = at + count == visit.Sent.Length;
                    // The end may stand on the last bytes or behind them.
                    var endsApart = isLast && own.Next(3) == 0;
                    _output.WriteData(id, visit.Sent.AsSpan(at, count), isLast && !endsApart);
                    if (endsApart) _output.WriteData(id, default, endStream: true);
                    at += count;
                    stream.IsSent = isLast;
                    _sendWindow -= count;
                    stream.SendWindow -= count;
                }
                else
                {
                    grown = _windowGrown.Task;
                }
            }
            _hasOutput.Release();
            if (grown is not null) await Task.WhenAny(grown, stream.Answered.Task);
            else if (own.Next(4) == 0) await Task.Yield();
        }
    }

    private void Receive(FrameHeader frame, byte[] payload)
    {
        switch (frame.Type)
        {
            case FrameType.Settings when !frame.Ack:
                for (var at = 0; at < payload.Length; at += Setting.Size)
                {
                    var setting = Setting.Read(payload.AsSpan(at));
                    if (setting.Id != SettingId.InitialWindowSize) continue;
                    foreach (var stream in _streams.Values) stream.SendWindow += (int)setting.Value - _initialSendWindow;
                    _initialSendWindow = (int)setting.Value;
                }
                _output.WriteSettingsAck();
                Pulse();
                break;
            case FrameType.Ping when !frame.Ack:
                _output.WritePing(BinaryPrimitives.ReadUInt64BigEndian(payload), ack: true);
                break;
            case FrameType.WindowUpdate:
                var increment = BinaryPrimitives.ReadInt32BigEndian(payload);
                if (frame.StreamId == 0) _sendWindow += increment;
                else if (_streams.TryGetValue(frame.StreamId, out var grown)) grown.SendWindow += increment;
                Pulse();
                break;
            case FrameType.Headers or FrameType.Continuation:
                if (frame.Type == FrameType.Headers) _headers = frame;
                _block.AddRange(payload);
                if (frame.EndHeaders) ReceiveHeaders();
                break;
            case FrameType.Data:
                ReceiveData(frame, payload);
                break;
            case FrameType.RstStream:
                if (_streams.TryGetValue(frame.StreamId, out var reset)) reset.Reset((ErrorCode)BinaryPrimitives.ReadUInt32BigEndian(payload));
                Pulse();
                break;
            case FrameType.GoAway:
                throw new FormatException($"GOAWAY with {(ErrorCode)BinaryPrimitives.ReadUInt32BigEndian(payload.AsSpan(4))}: {Tagged.Show(payload.AsSpan(8))}");
            case FrameType.PushPromise or FrameType.Priority:
                throw new FormatException($"a frame of type {frame.Type}");
        }
    }

    private void ReceiveHeaders()
    {
        var fields = new HeaderFieldList(1 << 20, 1000);
        if (!_decoder.Decode(_block.ToArray(), fields)) throw new FormatException("a header block that cannot be decoded");
        _block.Clear();
        if (_streams.TryGetValue(_headers.StreamId, out var stream)) stream.Headers([.. fields.Fields.ToArray().Select(field => (field.Name, field.Value))], _headers.EndStream);
    }

    private void ReceiveData(FrameHeader frame, byte[] payload)
    {
        if (_streams.TryGetValue(frame.StreamId, out var stream) && stream.Data(payload, frame.EndStream) is > 0 and var credit && !frame.EndStream) _output.WriteWindowUpdate(frame.StreamId, credit);
        _owed += payload.Length;
        // Now and then late, but always before the server must stop for good.
        if (_owed == 0 || (_owed < 20_000 && _random.Next(4) != 0)) return;
        _output.WriteWindowUpdate(0, _owed);
        _owed = 0;
    }

    private void Pulse()
    {
        _windowGrown.TrySetResult();
        _windowGrown = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
