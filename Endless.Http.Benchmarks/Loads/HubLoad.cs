using System.Text;

namespace Endless.Http.Benchmarks.Loads;

/// <summary>SignalR clients over WebSockets, without negotiation, that each invoke <c>Echo</c> and wait for its answer, over and over, in the JSON protocol.</summary>
internal static class HubLoad
{
    private static readonly string Text = new('x', 48);

    /// <summary>The load. A round is shorter than the 15 s after which a hub sends something by itself.</summary>
    public static WebSocketLoad Of(string path) => new(path, Message($$"""{"type":1,"invocationId":"1","target":"Echo","arguments":["{{Text}}"]}"""), Message($$"""{"type":3,"invocationId":"1","result":"{{Text}}"}""").Length)
    {
        Begin = (Message("""{"protocol":"json","version":1}"""), Message("{}").Length),
        IsText = true,
    };

    private static byte[] Message(string json) => Encoding.ASCII.GetBytes(json + '\u001e');
}
