namespace Endless.Http.Tests.Restart;

/// <summary>A program that is not this library, and what it may say on the control channel: frames as printf(1) takes them, in octal.</summary>
internal static class ForeignChild
{
    /// <summary>Of version 99, which does not exist.</summary>
    public const string Hello = @"\014\000\000\000\001\000\000\000ENDL\143\000\000\000\001\000\000\000";

    public const string Ready = @"\000\000\000\000\003\000\000\000";

    /// <summary>The failed message: <c>too new</c>.</summary>
    public const string TooNew = @"\007\000\000\000\004\000\000\000too new";

    /// <summary>A message of a type that this library does not know.</summary>
    public const string Unknown = @"\003\000\000\000\143\000\000\000abc";

    /// <summary>The length of no message.</summary>
    public const string Oversized = @"\377\377\377\177\001\000\000\000";

    /// <summary>A program that says so, and then does something. With one listener, its control channel is descriptor 4.</summary>
    public static string Says(string text, string then) => $"#!/bin/sh\nprintf '{text}' >&4\n{then}\n";
}
