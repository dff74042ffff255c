namespace Endless.Http.AspNetCore.Configuration;

/// <summary>A server that addresses and options ask for: made, and neither started nor closed. Whoever gets it starts or closes it.</summary>
/// <param name="Server">With all its settings.</param>
/// <param name="Scheme"><c>http</c> or <c>https</c>.</param>
/// <param name="UrlOf">Makes the URL that the application is told of the address that the server is bound to: <c>127.0.0.1:5000</c> to <c>http://localhost:5000</c>.</param>
internal sealed record PlannedServer(EndlessServer Server, string Scheme, Func<string, string> UrlOf)
{
    /// <summary>Serves until the server is stopped.</summary>
    public Task ServeAsync() => Scheme == "https" ? Server.ListenAndServeTLSAsync() : Server.ListenAndServeAsync();
}
