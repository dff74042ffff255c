using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Endless.Http.Benchmarks.Applications;

/// <summary>The service that gRPC's template has.</summary>
internal static class GrpcPart
{
    public static ApplicationPart Part { get; } = new(
        static builder => builder.Services.AddGrpc(),
        static app => app.MapGrpcService<GreeterService>());

    private sealed class GreeterService : Greeter.GreeterBase
    {
        public override Task<HelloReply> SayHello(HelloRequest request, ServerCallContext context) => Task.FromResult(new HelloReply { Message = "Hello " + request.Name });
    }
}
