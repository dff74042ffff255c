namespace Endless.Http.AspNetCore.Tests.Peers;

/// <summary>Requests of HTTP/2, right ones and wrong ones, frame by frame.</summary>
internal static class StreamCases
{
    /// <summary>Their heads alone.</summary>
    public static IReadOnlyList<StreamCase> Heads { get; } =
    [
        StreamCase.Fields("a usual head"),
        StreamCase.Fields("cookies in pieces", ("cookie", "a=1"), ("cookie", "b=2")),
        StreamCase.Fields("te of trailers", ("te", "trailers")),
        StreamCase.Fields("an empty value", ("x-a", "")),
        StreamCase.Fields("the host as a field too", ("host", "peer")),
        StreamCase.Fields("the host as a field in upper case", ("host", "PEER")),
        StreamCase.Fields("another host as a field", ("host", "other")),
        StreamCase.Head("the host as a field alone", (":method", "GET"), (":scheme", "http"), (":path", "/"), ("host", "peer")),
        StreamCase.Head("no host", (":method", "GET"), (":scheme", "http"), (":path", "/")),
        StreamCase.Instead("no method", ":method"),
        StreamCase.Instead("no scheme", ":scheme"),
        StreamCase.Instead("no path", ":path"),
        StreamCase.Instead("two methods", ":method", "GET", "GET"),
        StreamCase.Instead("two schemes", ":scheme", "http", "http"),
        StreamCase.Instead("two paths", ":path", "/", "/"),
        StreamCase.Instead("two authorities", ":authority", "peer", "peer"),
        StreamCase.Instead("an empty method", ":method", ""),
        StreamCase.Instead("a method with a space", ":method", "G T"),
        StreamCase.Instead("a method in lower case", ":method", "post"),
        StreamCase.Instead("an empty path", ":path", ""),
        StreamCase.Instead("a path without a slash", ":path", "a"),
        StreamCase.Instead("a path with a space", ":path", "/a b"),
        StreamCase.Instead("a whole URL as the path", ":path", "http://peer/a"),
        StreamCase.Instead("an asterisk as the path", ":path", "*"),
        StreamCase.Instead("an empty scheme", ":scheme", ""),
        StreamCase.Instead("another scheme", ":scheme", "https"),
        StreamCase.Instead("a scheme in upper case", ":scheme", "HTTP"),
        StreamCase.Instead("an empty authority", ":authority", ""),
        StreamCase.Instead("an authority with a port", ":authority", "peer:81"),
        StreamCase.Instead("an authority with a user", ":authority", "user@peer"),
        StreamCase.Instead("an authority with a space", ":authority", "pe er"),
        StreamCase.Head("OPTIONS of the server", (":method", "OPTIONS"), (":scheme", "http"), (":path", "*"), (":authority", "peer")),
        StreamCase.Head("CONNECT with a path", (":method", "CONNECT"), (":scheme", "http"), (":path", "/"), (":authority", "peer")),
        StreamCase.Head("a method behind the path", (":scheme", "http"), (":path", "/"), (":authority", "peer"), (":method", "GET")),
        StreamCase.Head("a pseudo-header behind a field", (":method", "GET"), (":scheme", "http"), ("x-a", "1"), (":path", "/"), (":authority", "peer")),
        StreamCase.Fields("an unknown pseudo-header", (":peer", "1")),
        StreamCase.Fields("a pseudo-header of responses", (":status", "200")),
        StreamCase.Fields("a protocol of extended CONNECT without that", (":protocol", "websocket")),
        StreamCase.Fields("a name in upper case", ("X-A", "1")),
        StreamCase.Fields("a name with a space", ("x a", "1")),
        StreamCase.Fields("a name with a colon", ("x:a", "1")),
        StreamCase.Fields("an empty name", ("", "1")),
        StreamCase.Fields("a value with a line break", ("x-a", "1\r\nx-b: 2")),
        StreamCase.Fields("a value with NUL", ("x-a", "1\0")),
        StreamCase.Fields("a value with a space before it", ("x-a", " 1")),
        StreamCase.Fields("a value with a control character", ("x-a", "1\u0001")),
        StreamCase.Fields("connection: close", ("connection", "close")),
        StreamCase.Fields("connection: keep-alive", ("connection", "keep-alive")),
        StreamCase.Fields("keep-alive", ("keep-alive", "timeout=5")),
        StreamCase.Fields("proxy-connection", ("proxy-connection", "keep-alive")),
        StreamCase.Fields("transfer-encoding", ("transfer-encoding", "chunked")),
        StreamCase.Fields("upgrade", ("upgrade", "websocket")),
        StreamCase.Fields("te of something else", ("te", "gzip")),
        StreamCase.Fields("a field of 30 KB", ("x-a", new string('a', 30_000))),
        StreamCase.Fields("a field of 40 KB", ("x-a", new string('a', 40_000))),
        StreamCase.Fields("a field of 50 KB", ("x-a", new string('a', 50_000))),
        StreamCase.Fields("40 fields of 1 KB", [.. Enumerable.Range(0, 40).Select(static number => ($"x-{number}", new string('a', 1000)))]),
        StreamCase.Fields("90 fields", [.. Enumerable.Range(0, 90).Select(static number => ($"x-{number}", "a"))]),
        StreamCase.Fields("120 fields", [.. Enumerable.Range(0, 120).Select(static number => ($"x-{number}", "a"))]),
    ];

    /// <summary>Bodies and trailers.</summary>
    public static IReadOnlyList<StreamCase> Bodies { get; } =
    [
        StreamCase.Body("a body", [], static client => client.Frames.WriteData(1, "hello"u8, endStream: true)),
        StreamCase.Body("an empty body", [], static client => client.Frames.WriteData(1, [], endStream: true)),
        StreamCase.Body("a body with its length", [("content-length", "5")], static client => client.Frames.WriteData(1, "hello"u8, endStream: true)),
        StreamCase.Body("a body longer than its length", [("content-length", "4")], static client => client.Frames.WriteData(1, "hello"u8, endStream: true)),
        StreamCase.Body("a body longer than its length in the second piece", [("content-length", "5")], static client =>
        {
            client.Frames.WriteData(1, "hello"u8, endStream: false);
            client.Frames.WriteData(1, "!"u8, endStream: true);
        }),
        StreamCase.Body("a body shorter than its length", [("content-length", "6")], static client => client.Frames.WriteData(1, "hello"u8, endStream: true)),
        StreamCase.Fields("a length and no body", ("content-length", "5")),
        StreamCase.Fields("a length of zero and no body", ("content-length", "0")),
        StreamCase.Fields("two lengths that agree", ("content-length", "0"), ("content-length", "0")),
        StreamCase.Fields("two lengths that do not", ("content-length", "0"), ("content-length", "1")),
        StreamCase.Fields("a length that is no number", ("content-length", "x")),
        StreamCase.Fields("a length below zero", ("content-length", "-1")),
        StreamCase.Fields("a length beyond numbers", ("content-length", "99999999999999999999")),
        StreamCase.Body("trailers", [("trailer", "x-t")], static client =>
        {
            client.Frames.WriteData(1, "hello"u8, endStream: false);
            client.Head(1, [("x-t", "1"), ("x-u", "2"), ("x-u", "3")]);
        }),
        StreamCase.Body("trailers without a body", [], static client => client.Head(1, [("x-t", "1")])),
        StreamCase.Body("trailers behind a body that is too short", [("content-length", "6")], static client =>
        {
            client.Frames.WriteData(1, "hello"u8, endStream: false);
            client.Head(1, [("x-t", "1")]);
        }),
        StreamCase.Body("trailers with a pseudo-header", [], static client =>
        {
            client.Frames.WriteData(1, "hello"u8, endStream: false);
            client.Head(1, [(":path", "/")]);
        }),
        StreamCase.Body("trailers with a name in upper case", [], static client =>
        {
            client.Frames.WriteData(1, "hello"u8, endStream: false);
            client.Head(1, [("X-T", "1")]);
        }),
        StreamCase.Body("trailers of the connection", [], static client =>
        {
            client.Frames.WriteData(1, "hello"u8, endStream: false);
            client.Head(1, [("connection", "close")]);
        }),
        StreamCase.Body("trailers that do not end the stream", [], static client =>
        {
            client.Frames.WriteData(1, "hello"u8, endStream: false);
            client.Head(1, [("x-t", "1")], endStream: false);
        }),
        StreamCase.Body("a body that its client gives up", [], static client =>
        {
            client.Frames.WriteData(1, "hello"u8, endStream: false);
            client.Frames.WriteRstStream(1, Http.Http2.Frames.ErrorCode.Cancel);
            client.Head(3, [(":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "peer")]);
        }) with { Answered = 3 },
        StreamCase.Body("DATA behind the end", [], static client =>
        {
            client.Frames.WriteData(1, "hello"u8, endStream: true);
            client.Frames.WriteData(1, "hello"u8, endStream: true);
        }),
    ];
}
