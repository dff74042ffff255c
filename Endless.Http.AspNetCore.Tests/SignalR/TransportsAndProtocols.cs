using Microsoft.AspNetCore.Http.Connections;

namespace Endless.Http.AspNetCore.Tests.SignalR;

/// <summary>Each server with each transport and each protocol. Kestrel shows that a test asks for what is usual.</summary>
public sealed class TransportsAndProtocols : TheoryData<string, HttpTransportType, string>
{
    public TransportsAndProtocols()
    {
        foreach (var server in (string[])["endless", "kestrel"])
        {
            foreach (var transport in (HttpTransportType[])[HttpTransportType.WebSockets, HttpTransportType.ServerSentEvents, HttpTransportType.LongPolling])
            {
                Add(server, transport, "json");
                if (transport != HttpTransportType.ServerSentEvents) Add(server, transport, "messagepack"); // which is binary: events are text
            }
        }
    }
}
