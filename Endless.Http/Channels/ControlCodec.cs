using System.Buffers.Binary;
using System.Text;

namespace Endless.Http.Channels;

/// <summary>
/// The bytes of the control channel. A frame is: length of the payload (u32), type (u16), zero (u16), payload; little-endian.
/// </summary>
/// <remarks>
/// Old and new versions of the library meet here, so: a type once given is never given again; fields are only ever appended to a
/// payload, and a reader ignores what follows the fields it knows; an unknown type is ignored. A hello begins with four fixed bytes, so
/// that a peer that is something else is found out at once. No message is sent that its reader refuses for its length (<see cref="MaxPayloadBytes"/>): what has no bound of its own is
/// made to fit by its maker (<see cref="SizeOf"/>, the state) or left out (counters).
/// </remarks>
internal static class ControlCodec
{
    /// <summary>The version this library speaks.</summary>
    internal const int Version = 2;

    /// <summary>Bytes before the payload.</summary>
    internal const int HeaderBytes = 8;

    /// <summary>The longest payload: a state blob of 1 MiB, and room. Of every version, so it can only grow for a reader.</summary>
    internal const int MaxPayloadBytes = 2 << 20;

    private const ushort Hello = 1;
    private const ushort GenerationInfo = 2;
    private const ushort Ready = 3;
    private const ushort Failed = 4;
    private const ushort HandOver = 5;
    private const ushort Adopted = 6;
    private const ushort TakeOver = 16;
    private const ushort Counters = 17;
    private const ushort Released = 18;
    private const ushort Stop = 19;
    private const ushort Waiting = 20;
    private const ushort State = 21;
    private const ushort PassedStates = 22;

    /// <summary>Of a <see cref="HandOverMessage"/>, for its connections; what is left holds their number twice and that of the batch.</summary>
    internal const int MaxConnectionsBytes = MaxPayloadBytes - 3 * sizeof(int);

    /// <summary>Of a connection without bytes: the lengths of address, name and unread bytes, the requests served and the order.</summary>
    private const int ConnectionBytes = 4 * sizeof(int) + sizeof(long);

    private static ReadOnlySpan<byte> Magic => "ENDL"u8;

    /// <summary>The message as a whole frame.</summary>
    /// <exception cref="ArgumentException">It is too large for any reader.</exception>
    internal static byte[] Encode(ControlMessage message)
    {
        var writer = new PayloadWriter();
        var type = Write(message, writer);
        if (writer.PayloadBytes > MaxPayloadBytes)
        {
            if (message is not CountersMessage counters) throw new ArgumentException($"A {message.GetType().Name} of {writer.PayloadBytes} bytes cannot be read; {MaxPayloadBytes} can.", nameof(message));
            return Encode(counters with { Counters = default }); // figures only: the service goes on without
        }
        return writer.ToFrame(type);
    }

    /// <summary>Bytes that a connection takes of a <see cref="HandOverMessage"/>: of those in one, no more than <see cref="MaxConnectionsBytes"/> together.</summary>
    internal static long SizeOf(ServerIdentity server, long unreadBytes) =>
        ConnectionBytes + Encoding.UTF8.GetByteCount(server.Address) + Encoding.UTF8.GetByteCount(server.Name ?? "") + unreadBytes;

    private static ushort Write(ControlMessage message, PayloadWriter writer)
    {
        switch (message)
        {
            case HelloMessage hello:
                writer.Bytes(Magic);
                writer.Number(hello.Version);
                writer.Number(hello.ProcessId);
                return Hello;
            case GenerationInfoMessage { Info: var info }:
                writer.Number(info.Number);
                writer.Number(info.Restarts);
                writer.Number(info.Failures);
                writer.Counted(info.State.Span);
                return GenerationInfo;
            case ReadyMessage:
                return Ready;
            case FailedMessage failed:
                writer.Text(failed.Reason);
                return Failed;
            case WaitingMessage waiting:
                writer.Text(waiting.What);
                return Waiting;
            case HandOverMessage handOver:
                writer.Number(handOver.Connections.Count);
                foreach (var connection in handOver.Connections)
                {
                    writer.Counted(Encoding.UTF8.GetBytes(connection.Server.Address));
                    writer.LongNumber(connection.RequestsServed);
                    writer.Counted(connection.Unread.Span);
                }
                // Behind the list, where a version that does not know them does not look.
                writer.Number(handOver.Batch);
                writer.Number(handOver.Connections.Count);
                foreach (var connection in handOver.Connections)
                {
                    writer.Number(connection.Server.Ordinal);
                    writer.Counted(Encoding.UTF8.GetBytes(connection.Server.Name ?? ""));
                }
                return HandOver;
            case AdoptedMessage adopted:
                writer.Number(adopted.Taken.Count);
                foreach (var taken in adopted.Taken) writer.Bytes(taken ? [1] : [0]);
                writer.Number(adopted.Batch);
                return Adopted;
            case TakeOverMessage takeOver:
                if (takeOver.State is { } state) writer.Counted(state.Span);
                return TakeOver;
            case StateMessage last:
                writer.Counted(last.State.Span);
                return State;
            case PassedStatesMessage passed:
                writer.Number(passed.States.Count);
                foreach (var item in passed.States)
                {
                    writer.Counted(Encoding.UTF8.GetBytes(item.Name));
                    writer.Counted(item.State.Span);
                }
                return PassedStates;
            case ReleasedMessage:
                return Released;
            case StopMessage:
                return Stop;
            case CountersMessage counters:
                writer.Number(counters.Connections);
                writer.Bytes(counters.Counters.Span);
                return Counters;
            default:
                throw new ArgumentException($"A {message.GetType().Name} is not sent.", nameof(message));
        }
    }

    /// <summary>Reads a frame's first <see cref="HeaderBytes"/> bytes.</summary>
    /// <exception cref="InvalidDataException">No frame of any version looks like this.</exception>
    internal static (ushort Type, int Length) DecodeHeader(ReadOnlySpan<byte> header)
    {
        var length = BinaryPrimitives.ReadUInt32LittleEndian(header);
        if (length > MaxPayloadBytes || BinaryPrimitives.ReadUInt16LittleEndian(header[6..]) != 0)
            throw new InvalidDataException($"{Convert.ToHexString(header)} is not the start of a message");
        return (BinaryPrimitives.ReadUInt16LittleEndian(header[4..]), (int)length);
    }

    /// <summary>Reads a payload.</summary>
    /// <exception cref="InvalidDataException">The payload is not one of that type.</exception>
    internal static ControlMessage Decode(ushort type, ReadOnlyMemory<byte> payload)
    {
        var reader = new PayloadReader(payload);
        return type switch
        {
            Hello => reader.Take(Magic.Length).Span.SequenceEqual(Magic)
                ? new HelloMessage(reader.Number(), reader.Number())
                : throw new InvalidDataException("the hello is another protocol's"),
            GenerationInfo => new GenerationInfoMessage(
                new GenerationInfo(reader.Number(), reader.Number(), reader.Number(), reader.Take(reader.Number()))),
            Ready => new ReadyMessage(),
            Failed => new FailedMessage(Encoding.UTF8.GetString(payload.Span)),
            HandOver => DecodeHandOver(ref reader),
            Adopted => new AdoptedMessage(reader.List(1, static (ref reader) => reader.Take(1).Span[0] != 0), reader.IsAtEnd ? 0 : reader.Number()),
            TakeOver => payload.IsEmpty ? new TakeOverMessage(State: null) : new TakeOverMessage(reader.Take(reader.Number())), // "? null :" would be an empty state, by the conversion from an array
            State => new StateMessage(reader.Take(reader.Number())),
            PassedStates => new PassedStatesMessage(reader.List(2 * sizeof(int), static (ref reader) => new PassedState(reader.Text(), reader.Take(reader.Number())))),
            Released => new ReleasedMessage(),
            Stop => new StopMessage(),
            Waiting => new WaitingMessage(Encoding.UTF8.GetString(payload.Span)),
            Counters => new CountersMessage(reader.Number(), payload[sizeof(int)..]),
            _ => new UnknownMessage(type),
        };
    }

    private static HandOverMessage DecodeHandOver(ref PayloadReader reader)
    {
        var connections = reader.List(2 * sizeof(int) + sizeof(long), static (ref reader) =>
            new HandedConnection(new ServerIdentity(reader.Text()), reader.LongNumber(), reader.Take(reader.Number())));
        if (reader.IsAtEnd) return new HandOverMessage(connections); // of a version that knows a server by its address alone: the first of that address is meant
        var batch = reader.Number();
        var servers = reader.List(2 * sizeof(int), static (ref reader) => (Ordinal: reader.Number(), Name: reader.Text()));
        if (servers.Count != connections.Count) throw new InvalidDataException("the message names more or fewer servers than it has connections");
        for (var i = 0; i < servers.Count; i++)
            connections[i] = connections[i] with { Server = new(connections[i].Server.Address, servers[i].Ordinal, servers[i].Name is "" ? null : servers[i].Name) };
        return new HandOverMessage(connections, batch);
    }
}
