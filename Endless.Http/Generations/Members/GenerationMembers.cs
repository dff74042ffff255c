using Endless.Http.Channels;
using Endless.Http.Draining;
using Endless.Http.Settings;
using Endless.Http.Spawning;
using Endless.Http.Status;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Generations;

/// <summary>The servers of a generation, from when each was made until it has ended, and what they are together. Thread-safe.</summary>
internal sealed class GenerationMembers
{
    private readonly Lock _lock = new();
    private readonly List<IGenerationMember> _members = [];
    private readonly HashSet<IGenerationMember> _accepting = [];
    private readonly List<string> _made = []; // the addresses, in their order
    private ServerCounters _ended;

    internal GenerationMembers() => Room = new RoomMaker(() => All.SelectMany(member => member.OpenConnections));

    /// <summary>Which of their connections make room for one that cannot be accepted, whichever of them it is for.</summary>
    internal RoomMaker Room { get; }

    /// <summary>Those there are now.</summary>
    internal IGenerationMember[] All
    {
        get
        {
            lock (_lock)
                return [.. _members];
        }
    }

    /// <summary>What they have counted, those that have ended too.</summary>
    internal ServerCounters Counters
    {
        get
        {
            lock (_lock)
            {
                var sum = _ended;
                foreach (var member in _members) sum += member.Counters;
                return sum;
            }
        }
    }

    /// <summary>How many of their connections are in which state.</summary>
    internal IReadOnlyDictionary<ConnectionState, int> ConnectionStates =>
        All.SelectMany(member => member.States).GroupBy(state => state.Key).ToDictionary(group => group.Key, group => group.Sum(state => state.Value));

    /// <summary>Their open connections.</summary>
    internal int Connections
    {
        get
        {
            var sum = 0;
            foreach (var member in All) sum += member.Connections;
            return sum;
        }
    }

    /// <summary>What they listen on.</summary>
    internal IReadOnlyList<ListenerDescriptor> Listeners
    {
        get
        {
            var listeners = new List<ListenerDescriptor>();
            foreach (var member in All)
                foreach (var endpoint in member.Endpoints)
                    if (endpoint.Listener is { } listener) listeners.Add(listener);
            return listeners;
        }
    }

    /// <summary>Where the first of them that has a logger of its own logs; null if none has.</summary>
    internal ILogger? Logger
    {
        get
        {
            lock (_lock)
                return _members.Find(member => member.Logger != null)?.Logger;
        }
    }

    /// <summary>What they run around signals.</summary>
    internal IReadOnlyList<SignalHooks> SignalHooks => Array.ConvertAll(All, member => member.SignalHooks);

    /// <summary>How long the next generation has, and each hook of the application's: the longest that one of them gives; infinite if one gives for ever.</summary>
    internal TimeSpan StartTimeout
    {
        get
        {
            var longest = TimeSpan.Zero;
            foreach (var member in All)
            {
                var timeout = member.StartTimeout;
                if (timeout <= TimeSpan.Zero) return Timeout.InfiniteTimeSpan;
                if (timeout > longest) longest = timeout;
            }
            return longest > TimeSpan.Zero ? Allowed.ForTimer(longest) : Timeout.InfiniteTimeSpan; // nobody is there to give one
        }
    }

    /// <summary>How long the next generation is watched: the longest that one of them wants.</summary>
    internal TimeSpan Probation
    {
        get
        {
            var longest = TimeSpan.Zero;
            foreach (var member in All)
                if (member.Probation > longest) longest = member.Probation;
            return longest;
        }
    }

    /// <summary>How long their drain takes at most: the longest that one of them gives; negative if one gives for ever.</summary>
    internal TimeSpan HammerTime
    {
        get
        {
            var longest = TimeSpan.Zero;
            foreach (var member in All)
            {
                if (member.HammerTime < TimeSpan.Zero) return Timeout.InfiniteTimeSpan;
                if (member.HammerTime > longest) longest = member.HammerTime;
            }
            return longest;
        }
    }

    /// <summary>Every one of them was told to stop.</summary>
    internal bool AreStopping
    {
        get
        {
            lock (_lock)
                return _members.TrueForAll(member => member.IsStopping);
        }
    }

    /// <summary>A server was made.</summary>
    internal void Add(IGenerationMember server)
    {
        lock (_lock) _members.Add(server);
    }

    /// <summary>A server is made for an address, or gets one more. How many were before with that address.</summary>
    internal int CountOf(string address)
    {
        lock (_lock)
        {
            var count = _made.FindAll(made => made == address).Count; // not LINQ's, which a start-up does not load
            _made.Add(address);
            return count;
        }
    }

    /// <summary>What their addresses are, each with the way there.</summary>
    internal List<IGenerationEndpoint> Endpoints
    {
        get
        {
            var endpoints = new List<IGenerationEndpoint>();
            foreach (var member in All) endpoints.AddRange(member.Endpoints);
            return endpoints;
        }
    }

    /// <summary>By what those with an address are known.</summary>
    internal IReadOnlyList<ServerIdentity> Of(string address) => Endpoints.ConvertAll(static endpoint => endpoint.Identity).FindAll(identity => identity.Address == address);

    /// <summary>Whether all of them accept.</summary>
    internal bool AllAccept()
    {
        lock (_lock)
            return _members.TrueForAll(_accepting.Contains);
    }

    /// <summary>A server accepts.</summary>
    internal void NoteAccepting(IGenerationMember server)
    {
        lock (_lock)
            _accepting.Add(server);
    }

    /// <summary>A server has ended. False if it had before.</summary>
    internal bool Remove(IGenerationMember server)
    {
        lock (_lock)
        {
            if (!_members.Contains(server)) return false;
            // Under the lock that the counters are read under, so that it is counted once at every moment.
            _ended += server.Counters;
            _accepting.Remove(server);
            return _members.Remove(server);
        }
    }
}
