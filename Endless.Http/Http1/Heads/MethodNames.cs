using System.Text;

namespace Endless.Http.Http1;

/// <summary>The registered methods as strings that need not be made anew for each request.</summary>
internal static class MethodNames
{
    /// <summary>The method's name; any token is one (RFC 9110 section 9.1).</summary>
    public static string Get(ReadOnlySpan<byte> method)
    {
        switch (method.Length)
        {
            case 3:
                if (method.SequenceEqual("GET"u8)) return "GET";
                if (method.SequenceEqual("PUT"u8)) return "PUT";
                break;
            case 4:
                if (method.SequenceEqual("POST"u8)) return "POST";
                if (method.SequenceEqual("HEAD"u8)) return "HEAD";
                break;
            case 5:
                if (method.SequenceEqual("PATCH"u8)) return "PATCH";
                if (method.SequenceEqual("TRACE"u8)) return "TRACE";
                break;
            case 6:
                if (method.SequenceEqual("DELETE"u8)) return "DELETE";
                break;
            case 7:
                if (method.SequenceEqual("OPTIONS"u8)) return "OPTIONS";
                if (method.SequenceEqual("CONNECT"u8)) return "CONNECT";
                break;
        }
        return Encoding.ASCII.GetString(method);
    }
}
