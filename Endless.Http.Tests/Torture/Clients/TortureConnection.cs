using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Endless.Http.Load;
using Endless.Http.Tests.Programs;

namespace Endless.Http.Tests.Torture;

/// <summary>A client's connection that judges what comes on it: each answer is the right one to the last byte, or the story killed the process that had the connection.</summary>
internal sealed class TortureConnection : IDisposable
{
    private readonly TortureLoad _load;
    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly Http1AnswerReader _reader;
    private readonly string _client;
    private readonly Queue<(long Id, int Length, long SentAt)> _asked = [];
    private int _owner;          // who answered last
    private long _since = Stopwatch.GetTimestamp();
    private long _answeredAt;

    private TortureConnection(TortureLoad load, Socket socket, string client)
    {
        _load = load;
        _socket = socket;
        _client = client;
        _stream = new NetworkStream(socket, ownsSocket: true);
        _reader = new Http1AnswerReader(_stream);
    }

    /// <summary>What is not explained fails the story. False for a client that tries again until it is served.</summary>
    public bool IsStrict { get; init; } = true;

    /// <summary>The generation's process that answered last.</summary>
    public int Owner => _owner;

    /// <returns>Null if nobody listens.</returns>
    public static async Task<TortureConnection?> ConnectAsync(TortureLoad load, string client, bool isStrict = true)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(load.Family.Server.EndPoint).WaitAsync(Deadline.Default / 2);
            return new TortureConnection(load, socket, client) { IsStrict = isStrict };
        }
        catch (Exception e) when (e is SocketException or TimeoutException)
        {
            socket.Dispose();
            var family = load.Family;
            if (family.Roster.Stopped is null && !family.Roster.MayBeDown) load.Violation($"{client}: nobody listens, though a healthy process lives: {e.Message}");
            return null;
        }
    }

    /// <summary>The bytes of a request for so many bytes over so many milliseconds; its answer is due next.</summary>
    /// <param name="length">Of the answer.</param>
    /// <param name="milliseconds">How long the answer is to take.</param>
    /// <param name="body">Of the request.</param>
    /// <param name="head">How long the header section is; 0 for as long as it takes.</param>
    public byte[] Request(int length, int milliseconds = 0, int body = 0, int head = 0)
    {
        var id = _load.NextId();
        _asked.Enqueue((id, length, Stopwatch.GetTimestamp()));
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{(body > 0 ? "POST" : "GET")} /tagged/{id}/{length}/{milliseconds} HTTP/1.1\r\nHost: torture\r\n");
        if (body > 0) text.Append(CultureInfo.InvariantCulture, $"Content-Length: {body}\r\n");
        const string padding = "X-Padding: \r\n\r\n";
        if (head > text.Length + padding.Length) text.Append("X-Padding: ").Append('x', head - text.Length - padding.Length).Append("\r\n");
        return [.. Encoding.ASCII.GetBytes(text.Append("\r\n").ToString()), .. Tagged.Make(id, Tagged.Request, body)];
    }

    /// <summary>Sends as much as the connection takes: that it broke is seen by the answer.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await _stream.WriteAsync(bytes);
        }
        catch (IOException)
        {
            // The answer says so.
        }
    }

    /// <summary>Takes the next answer that is due.</summary>
    /// <returns>Another can be asked for.</returns>
    public async Task<bool> AnsweredAsync()
    {
        var (id, length, sentAt) = _asked.Dequeue();
        var answer = await _reader.ReadAsync();
        var now = Stopwatch.GetTimestamp();
        if (int.TryParse(answer.Values("X-Pid").FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var pid))
        {
            _owner = pid;
            _since = sentAt;
        }
        if (answer is { End: AnswerEnd.Whole, Status: 200 })
        {
            if (Tagged.Difference(Tagged.Make(id, Tagged.Answer, length), answer.Body) is { } difference) _load.Violation($"{_client}: process {pid} answered {id} with other bytes: {difference}");
            if (_asked.Count == 0 && _reader.Unread.Length > 0) _load.Violation($"{_client}: behind the answer to {id} stands {Tagged.Show(_reader.Unread)}");
            _load.Ledger.CountAnswer(answer.Body.Length);
            _answeredAt = now;
            if (answer.Closes && !_load.Family.IsHarmed) _load.Violation($"{_client}: process {pid} closed the connection after {id}, and nothing had been harmed");
            return !answer.Closes;
        }
        if (HasMadeRoom(answer) || (answer.End == AnswerEnd.Cut && IsExplained(answer, sentAt, now))) _load.Ledger.CountExcused();
        else if (IsStrict || answer.End != AnswerEnd.Cut) _load.Violation($"{_client}: {id}, asked {Stopwatch.GetElapsedTime(sentAt, now).TotalSeconds:0.00} s ago{(_owner > 0 ? $" of process {_owner}" : "")}: {answer.End}, status {answer.Status}, {answer.Body.Length:#,0} of {length:#,0} bytes; {answer.Detail}");
        return false;
    }

    public void Dispose() => _stream.Dispose();

    /// <summary>Where the story takes the descriptors away, who waits for a request makes room for new clients, and who has sent half a head is told so.</summary>
    private bool HasMadeRoom(Answer answer) => _load.Family.MayClose && _answeredAt != 0 && (answer is { End: AnswerEnd.Cut, Status: 0 } or { Status: 408 });

    private bool IsExplained(Answer answer, long sentAt, long now)
    {
        var family = _load.Family;
        if (family.Roster.Explains(_owner, _since, now)) return true;
        // A stop closes what waits for a request and has waited long; and what was never accepted.
        return family.Roster.Stopped is { } stopped && answer.Status == 0 && now >= stopped
            && (_answeredAt == 0 || Stopwatch.GetElapsedTime(Math.Max(_answeredAt, stopped), sentAt) > FamilySetup.Grace / 2);
    }
}
