namespace Endless.Http.AspNetCore.Features;

/// <summary>What holds for all requests of an application. Immutable.</summary>
internal sealed record ApplicationSettings
{
    /// <summary>What is known of the application's endpoints.</summary>
    public EndpointSites Sites { get; } = new();

    /// <summary>Bytes of a request's body; null for any number. Kestrel's default.</summary>
    public long? MaxRequestBodySize { get; init; } = 30_000_000;

    /// <summary>Whether bodies may be read and written synchronously.</summary>
    public bool AllowSynchronousIO { get; init; }

    /// <summary>What the Server field says; null for none.</summary>
    public string? ServerHeader { get; init; }

    /// <summary>The least rate at which a request's body is to come; null for none.</summary>
    public Microsoft.AspNetCore.Server.Kestrel.Core.MinDataRate? MinRequestBodyDataRate { get; init; } = new(240, TimeSpan.FromSeconds(5));

    /// <summary>The least rate at which a response is to be taken; null for none.</summary>
    public Microsoft.AspNetCore.Server.Kestrel.Core.MinDataRate? MinResponseDataRate { get; init; } = new(240, TimeSpan.FromSeconds(5));
}
