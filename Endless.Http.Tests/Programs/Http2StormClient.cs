using Endless.Http.Load;

namespace Endless.Http.Tests.Programs;

/// <summary>A client of HTTP/2 with many requests on a connection at a time, whose frames are of every size and whose windows are wide, narrow and slow.</summary>
internal sealed class Http2StormClient(Storm storm, StormProtocol protocol, Random random)
{
    private const int Lanes = 8;

    public async Task RunAsync()
    {
        while (!storm.IsOver)
        {
            await using var connection = await StormConnection.ConnectAsync(storm.Server(protocol), protocol);
            var session = new Http2StormSession(connection, new Random(random.Next()));
            var receiving = session.ReceiveAsync();
            var sending = session.SendAsync();
            var requests = 10 + random.Next(150);
            await Task.WhenAll(Enumerable.Range(0, Lanes).Select(_ => LaneAsync(session, new Random(random.Next()))));
            foreach (var fault in session.Faults) storm.Scores.Fault($"{protocol} {fault}");
            session.End();
            if (random.Next(3) == 0) connection.Reset();
            else await connection.DisposeAsync();
            await Task.WhenAll(receiving, sending).WaitAsync(Deadline.Default);

            async Task LaneAsync(Http2StormSession opened, Random own)
            {
                while (!storm.IsOver && Interlocked.Decrement(ref requests) >= 0 && !opened.IsOver)
                {
                    var visit = storm.Begin(protocol, own);
                    storm.Finish(visit, await opened.RequestAsync(visit, own));
                }
            }
        }
    }
}
