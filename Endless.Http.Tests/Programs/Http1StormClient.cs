namespace Endless.Http.Tests.Programs;

/// <summary>A client of HTTP/1.1 that keeps its connections for a while, pipelines, cuts what it sends anywhere, and looks for bytes that nobody asked for.</summary>
internal sealed class Http1StormClient(Storm storm, StormProtocol protocol, Random random)
{
    public async Task RunAsync()
    {
        while (!storm.IsOver)
        {
            await using var connection = await StormConnection.ConnectAsync(storm.Server(protocol), protocol);
            await RunAsync(connection);
        }
    }

    private async Task RunAsync(StormConnection connection)
    {
        var reader = new Http1AnswerReader(connection.Stream);
        Visit? last = null;
        for (var batches = 1 + random.Next(25); batches > 0 && !storm.IsOver; batches--)
        {
            var visits = new List<Visit>();
            do visits.Add(storm.Begin(protocol, random));
            while (random.Next(3) == 0 && visits.Count < 5 && !visits[^1].Program.Hijacks);

            if (reader.Unread.Length > 0) storm.Scores.Fault(last!, $"behind its answer stands {Tagged.Show(reader.Unread)}");
            // Sent and read at the same time: a server need not read on while nobody takes its answers.
            var sending = SendAsync(connection, visits);
            var goesOn = true;
            foreach (var visit in visits)
            {
                if (!goesOn)
                {
                    storm.Drop(visit);
                    continue;
                }
                var answer = await reader.ReadAsync();
                goesOn = !answer.Closes && !visit.ClientLeft;
                // The handler before did wrong, and its connection ended with what it had said.
                if (answer is { End: AnswerEnd.Cut, Status: 0 } && last is { Program.MayClose: true } && visit.Calls == 0) storm.Drop(visit);
                else storm.Finish(visit, answer.Status == 0 ? answer with { Detail = $"{answer.Detail}, behind {last?.Program.Name ?? "nothing"}" } : answer);
                last = visit;
            }
            if (!goesOn)
            {
                if (random.Next(2) == 0) connection.Reset();
                else await connection.DisposeAsync();
            }
            await sending;
            if (!goesOn) return;
        }
        if (last is not null) await EndAsync(connection, reader, last);
    }

    /// <summary>Ends a connection on which everything was answered: the server says nothing more on it.</summary>
    private async Task EndAsync(StormConnection connection, Http1AnswerReader reader, Visit last)
    {
        if (random.Next(3) == 0)
        {
            connection.Reset();
            return;
        }
        await connection.HalfCloseAsync();
        if (await reader.ToEndAsync() is not { } rest) storm.Scores.Fault(last, "the connection does not end behind its answer");
        else if (rest.Length > 0) storm.Scores.Fault(last, $"behind its answer, the last one, stands {Tagged.Show(rest)}");
    }

    private async Task SendAsync(StormConnection connection, List<Visit> visits)
    {
        var bytes = new MemoryStream();
        try
        {
            foreach (var visit in visits)
            {
                var isLast = visit == visits[^1];
                var head = bytes.Length;
                Http1Request.Write(bytes, visit, random);
                if (visits.Count == 1 && visit.Program.ReadsAll && visit.Sent.Length > 10 && random.Next(60) == 0)
                {
                    visit.ClientLeft = true;
                    bytes.SetLength(bytes.Length - 1 - random.Next((int)(bytes.Length - head) / 2));
                }
                // Several requests may come in one piece.
                if (!isLast && random.Next(2) == 0) continue;
                await SlicedSender.SendAsync(connection.Stream, bytes.ToArray(), random);
                bytes.SetLength(0);
                if (visit.ClientLeft) connection.Reset();
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The server ended the connection, which the answers show.
        }
    }
}
