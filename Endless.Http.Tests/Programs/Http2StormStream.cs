using System.Globalization;
using Endless.Http.Http2.Frames;

namespace Endless.Http.Tests.Programs;

/// <summary>One request of a <see cref="Http2StormSession"/> and what came of it. Under the session's lock.</summary>
internal sealed class Http2StormStream(int window)
{
    private readonly MemoryStream _body = new();
    private List<(string Name, string Value)> _fields = [];
    private List<(string Name, string Value)> _trailers = [];
    private int _status;
    private int _owed;

    public long SendWindow { get; set; }

    /// <summary>All of the request has gone out.</summary>
    public bool IsSent { get; set; }

    /// <summary>The server has reset it, before or behind its answer.</summary>
    public bool IsReset { get; private set; }

    public long BodyLength => _body.Length;

    public TaskCompletionSource<Answer> Answered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Headers(List<(string Name, string Value)> fields, bool isEnd)
    {
        if (_status == 0)
        {
            if (fields[0].Name != ":status") Fail($"a header section that begins with {fields[0].Name}");
            else if (!fields[0].Value.StartsWith('1')) (_status, _fields) = (int.Parse(fields[0].Value, CultureInfo.InvariantCulture), fields);
        }
        else
        {
            if (!isEnd) Fail("a second header section");
            _trailers = fields;
        }
        if (isEnd) End();
    }

    /// <summary>What of the window is to be given back now.</summary>
    public int Data(byte[] data, bool isEnd)
    {
        if (_status == 0) Fail("data before the header section");
        _body.Write(data);
        if (isEnd) End();
        _owed += data.Length;
        if (_owed < window / 2) return 0;
        var credit = _owed;
        _owed = 0;
        return credit;
    }

    public void Reset(ErrorCode code)
    {
        IsReset = true;
        // Of an answer that is whole it only says that the rest of the body is not wanted.
        if (_status != 0 || code is ErrorCode.InternalError or ErrorCode.Cancel or ErrorCode.NoError) Answered.TrySetResult(Result(AnswerEnd.Cut, $"reset with {code}"));
        else Fail($"reset with {code}");
    }

    private void End()
    {
        var declared = _fields.Where(field => field.Name == "content-length").Select(field => field.Value).FirstOrDefault();
        if (declared is not null && declared != _body.Length.ToString(CultureInfo.InvariantCulture)) Fail($"{_body.Length:#,0} bytes with a content-length of {declared}");
        else Answered.TrySetResult(Result(AnswerEnd.Whole, ""));
    }

    private void Fail(string what) => Answered.TrySetResult(Result(AnswerEnd.Malformed, what));

    private Answer Result(AnswerEnd end, string detail) => new(end, _status, _fields, _body.ToArray(), _trailers, detail);
}
