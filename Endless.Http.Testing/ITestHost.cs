namespace Endless.Http.Testing;

/// <summary>What serves a <see cref="TestServer"/>'s handler, and how its client gets there.</summary>
internal interface ITestHost
{
    /// <summary>Where it is.</summary>
    Uri Url { get; }

    /// <summary>How a client of it connects.</summary>
    SocketsHttpHandler CreateConnector();

    /// <summary>Stops, once its clients are gone: waits for handlers, for a while.</summary>
    Task StopAsync(TimeSpan patience);
}
