using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Endless.Http.AspNetCore.LiveApp.Calls;

/// <summary>
/// Ends streams with UNAVAILABLE when the application stops, so that their clients begin them again, at the next generation. Without it a stream that does not end by itself holds the old generation until the time to
/// drain is over; the server then ends it in the same way. Unary calls are left to end.
/// </summary>
internal sealed class RestartInterceptor(IHostApplicationLifetime lifetime) : Interceptor
{
    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation) =>
        UntilStopping(continuation(requestStream, context));

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        UntilStopping(Nothing(continuation(request, responseStream, context)));

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        UntilStopping(Nothing(continuation(requestStream, responseStream, context)));

    private static async Task<bool> Nothing(Task task)
    {
        await task;
        return true;
    }

    // What the method does after that fails, as after any other end of the call.
    private async Task<T> UntilStopping<T>(Task<T> method)
    {
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStopping.Register(stopping.SetResult);
        if (await Task.WhenAny(method, stopping.Task) == method) return await method;
        throw new RpcException(new global::Grpc.Core.Status(StatusCode.Unavailable, "The service restarts."));
    }
}
