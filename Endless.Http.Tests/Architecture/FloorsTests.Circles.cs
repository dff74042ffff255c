namespace Endless.Http.Tests.Architecture;

public sealed partial class FloorsTests
{
    /// <summary>Types of one room that use each other in a circle, and why they may. Whoever undoes one takes its line away.</summary>
    private static readonly Dictionary<string, string> AllowedCircles = new()
    {
        ["Budgets: Budget, Holding"] = "a sum and its parts: each part counts into the sum, and the sum looks at its parts for the one to shed",
        ["Semantics: DetachedExchange, HandlerBodyReader, Header, IExchange, Request, RequestChanges, SuppliedBody"] =
            "a request's lifetime is one word of the request, which its header and its body enter: a lifetime object of its own costs 24 bytes a request, an interface a virtual call each time",
        ["Server: AdminListener, EndlessServer, RestartEvents, ServedConnections, ServerEndpoint, ServerLife, ServerMember, ServerStart, ServerTls, SettingsSnapshot, WarmUp"] =
            "EndlessServer is the settings and the verbs of one server: its parts read the settings when they come to need them, since many may be changed until then",
        ["Sockets: SocketConnection, SocketReader, SocketWait, SocketWriter"] =
            "one connection in four files: its two pipes and their sleep call it some ten times a request, and an interface between them would make each of those a virtual call",
    };

    [Fact]
    public void Types_of_a_room_use_each_other_one_way()
    {
        var found = Circles().Select(circle => $"{RoomOf(circle[0])}: {string.Join(", ", circle.Select(NameOf).Order(StringComparer.Ordinal))}").ToHashSet();
        var isNew = found.Except(AllowedCircles.Keys).Select(circle => $"new: {circle}");
        var isGone = AllowedCircles.Keys.Except(found).Select(circle => $"is no more: {circle}");
        AssertNone(isNew.Concat(isGone));
    }

    /// <summary>The strongly connected components of more than one type (Tarjan's algorithm), each within one room.</summary>
    private static List<List<Type>> Circles()
    {
        var uses = FindUses();
        var circles = new List<List<Type>>();
        var found = new Dictionary<Type, int>();
        var lowest = new Dictionary<Type, int>();
        var path = new Stack<Type>();
        foreach (var type in uses.Keys)
            if (!found.ContainsKey(type)) Visit(type);
        return circles;

        void Visit(Type type)
        {
            found[type] = lowest[type] = found.Count;
            path.Push(type);
            foreach (var used in uses[type])
            {
                if (RoomOf(used) != RoomOf(type)) continue;
                if (!found.TryGetValue(used, out var number)) Visit(used);
                else if (path.Contains(used)) lowest[type] = Math.Min(lowest[type], number);
                if (path.Contains(used)) lowest[type] = Math.Min(lowest[type], lowest[used]);
            }
            if (lowest[type] != found[type]) return;
            var circle = new List<Type>();
            do circle.Add(path.Pop());
            while (circle[^1] != type);
            if (circle.Count > 1) circles.Add(circle);
        }
    }
}
