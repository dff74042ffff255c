using Endless.Http.Http2.Frames;
using Endless.Http.Tests.Http2;

namespace Endless.Http.Tests.Conformance;

/// <summary>Messages that break the rules of RFC 9113 section 8: a stream error each, of type PROTOCOL_ERROR.</summary>
internal static class Http2MalformedRequests
{
    public static IReadOnlyDictionary<string, Func<Http2Client, Task>> All { get; } = new Dictionary<string, Func<Http2Client, Task>>
    {
        // 8.1 Framing
        ["8.1 a second HEADERS without END_STREAM"] = Malformed(c => { Post(c); c.Request(1, "POST", endStream: false); }),
        ["8.1 a second HEADERS without END_STREAM behind the answer"] = Answered(c => c.Request(1, "POST", endStream: false)),
        ["8.1 a pseudo-header in trailers"] = Malformed(c =>
        {
            Post(c);
            c.Frames.WriteData(1, "test"u8, endStream: false);
            Trailers(c);
        }),
        ["8.1 a pseudo-header in trailers behind the answer"] = Answered(Trailers),
        ["8.1.1 Content-Length that differs from DATA"] = Malformed(c => { Post(c, ("content-length", "1")); c.Frames.WriteData(1, "test"u8, endStream: true); }),
        ["8.1.1 Content-Length that differs from all DATA"] = Malformed(c =>
        {
            Post(c, ("content-length", "1"));
            c.Frames.WriteData(1, "test"u8, endStream: false);
            c.Frames.WriteData(1, "test"u8, endStream: true);
        }),

        // 8.2 Fields
        ["8.2.1 a name in upper case"] = Fields(f => f.Add(("X-Test", "ok"))),
        ["8.2.2 Connection"] = Fields(f => f.Add(("connection", "keep-alive"))),
        ["8.2.2 TE other than trailers"] = Fields(f => f.Add(("te", "trailers, deflate"))),

        // 8.3 Pseudo-headers
        ["8.3 an unknown pseudo-header"] = Fields(f => f.Add((":test", "ok"))),
        ["8.3 a pseudo-header of responses"] = Fields(f => f.Add((":status", "200"))),
        ["8.3 a pseudo-header behind a field"] = Fields(f => f.Insert(0, ("x-test", "ok"))),
        ["8.3.1 an empty :path"] = Fields(f => f[2] = (":path", "")),
        ["8.3.1 no :method"] = Fields(f => f.RemoveAt(0)),
        ["8.3.1 no :scheme"] = Fields(f => f.RemoveAt(1)),
        ["8.3.1 no :path"] = Fields(f => f.RemoveAt(2)),
        ["8.3.1 :method twice"] = Fields(f => f.Add((":method", "POST"))),
        ["8.3.1 :scheme twice"] = Fields(f => f.Add((":scheme", "http"))),
        ["8.3.1 :path twice"] = Fields(f => f.Add((":path", "/"))),
    };

    private static Func<Http2Client, Task> Malformed(Action<Http2Client> write) => Http2Exchanges.Begun(client =>
    {
        write(client);
        return client.StreamErrorAsync(ErrorCode.ProtocolError);
    });

    /// <summary>Goes on only when the response is there.</summary>
    private static Func<Http2Client, Task> Answered(Action<Http2Client> write) => Http2Exchanges.Begun(async client =>
    {
        Post(client);
        await client.AnsweredAsync();
        write(client);
        await client.StreamErrorAsync(ErrorCode.ProtocolError);
    });

    private static Func<Http2Client, Task> Fields(Action<List<(string, string)>> spoil) => Malformed(client =>
    {
        List<(string, string)> fields = [(":method", "GET"), (":scheme", client.Scheme), (":path", "/"), (":authority", "example.com")];
        spoil(fields);
        client.Frames.WriteHeaders(1, client.Block(fields), endStream: true);
    });

    private static void Post(Http2Client client, params (string, string)[] fields) => client.Request(1, "POST", "/", endStream: false, fields);

    private static void Trailers(Http2Client client) => client.Frames.WriteHeaders(1, client.Block([("x-test", "ok"), (":method", "POST")]), endStream: true);
}
