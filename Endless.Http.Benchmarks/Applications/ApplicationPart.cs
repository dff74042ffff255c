using Microsoft.AspNetCore.Builder;

namespace Endless.Http.Benchmarks.Applications;

/// <summary>What the application has for one work. Only that is added, so that no work pays for another's services.</summary>
/// <param name="AddServices">Adds what it needs.</param>
/// <param name="Map">Maps its endpoints.</param>
internal sealed record ApplicationPart(Action<WebApplicationBuilder> AddServices, Action<WebApplication> Map)
{
    /// <summary>All there are, by the name that a <see cref="Work"/> asks for them by.</summary>
    public static IReadOnlyDictionary<string, ApplicationPart> All { get; } = new Dictionary<string, ApplicationPart>
    {
        ["minimal"] = MinimalPart.Part,
        ["mvc"] = ControllerPart.Part,
        ["files"] = FilePart.Part,
        ["grpc"] = GrpcPart.Part,
        ["database"] = DatabasePart.Part,
        ["hub"] = HubPart.Part,
    };
}
