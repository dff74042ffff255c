using Endless.Http.Semantics;

namespace Endless.Http;

/// <summary>Takes the fields apart in which proxies say who asked them.</summary>
internal static class ForwardedFields
{
    /// <summary>The last elements of the X-Forwarded- fields, the last first.</summary>
    public static List<ForwardedHop> ReadX(Header header, int max)
    {
        var clients = Last(header.Values("X-Forwarded-For"), max, out var clientCount);
        var schemes = Last(header.Values("X-Forwarded-Proto"), max, out var schemeCount);
        var hosts = Last(header.Values("X-Forwarded-Host"), max, out var hostCount);
        var hops = new List<ForwardedHop>(clients.Count);
        // A proxy that keeps what there is of a field and one that adds to it leave lists of different lengths: then only the last element is known to be the nearest proxy's, and is taken for every hop.
        for (var i = 0; i < clients.Count; i++)
            hops.Add(new(clients[i], Of(schemes, schemeCount == clientCount ? i : 0), Of(hosts, hostCount == clientCount ? i : 0)));
        if (clients.Count == 0 && (schemes.Count > 0 || hosts.Count > 0)) hops.Add(new("", Of(schemes, 0), Of(hosts, 0)));
        return hops;
    }

    /// <summary>The last elements of the Forwarded field (RFC 7239), the last first.</summary>
    public static List<ForwardedHop> Read(Header header, int max)
    {
        var last = new Queue<ForwardedHop>();
        foreach (var line in header.Values("Forwarded"))
        {
            foreach (var element in FieldList.Elements(line))
            {
                if (element.IsEmpty) continue;
                if (last.Count == max) last.Dequeue();
                last.Enqueue(Parse(element));
            }
        }
        var hops = new List<ForwardedHop>(last);
        hops.Reverse();
        return hops;
    }

    private static ForwardedHop Parse(ReadOnlySpan<char> element)
    {
        var hop = new ForwardedHop("", "", "");
        foreach (var pair in FieldList.Elements(element, ';'))
        {
            var equals = pair.IndexOf('=');
            if (equals < 0) continue;
            var name = pair[..equals];
            // Unquoted, or nothing: what is malformed is not believed.
            var value = MediaType.Unquote(pair[(equals + 1)..]) ?? "";
            if (name.Equals("for", StringComparison.OrdinalIgnoreCase)) hop = hop with { Client = value };
            else if (name.Equals("proto", StringComparison.OrdinalIgnoreCase)) hop = hop with { Scheme = value };
            else if (name.Equals("host", StringComparison.OrdinalIgnoreCase)) hop = hop with { Host = value };
        }
        return hop;
    }

    // From the end: what a client wrote before is not even taken apart, however much of it there is.
    private static List<string> Last(IReadOnlyList<string> lines, int max, out int count)
    {
        var last = new List<string>();
        count = 0;
        for (var i = lines.Count - 1; i >= 0; i--)
        {
            var line = lines[i].AsSpan();
            count += line.Count(',') + 1;
            while (last.Count < max)
            {
                var comma = line.LastIndexOf(',');
                last.Add(line[(comma + 1)..].Trim().ToString());
                if (comma < 0) break;
                line = line[..comma];
            }
        }
        return last;
    }

    private static string Of(List<string> values, int index) => index < values.Count ? values[index] : "";
}
