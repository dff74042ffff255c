namespace Endless.Http.AspNetCore.Grpc.Tests;

/// <summary>Each server, in the clear and over TLS. Kestrel shows that a test asks for what is usual.</summary>
public sealed class ServersAndSchemes : TheoryData<string, string>
{
    public ServersAndSchemes()
    {
        Add("endless", "http");
        Add("endless", "https");
        Add("kestrel", "http");
        Add("kestrel", "https");
    }
}
