using System.Globalization;
using Grpc.Core;

namespace Endless.Http.AspNetCore.LiveApp.Calls;

/// <summary>See calls.proto.</summary>
internal sealed class CallService(CallLog log) : Calls.CallsBase
{
    public override async Task<Answer> Unary(Message request, ServerCallContext context)
    {
        await context.WriteResponseHeadersAsync(new Metadata { { "pid", Environment.ProcessId.ToString(CultureInfo.InvariantCulture) } });
        foreach (var entry in context.RequestHeaders.Where(entry => entry.Key.StartsWith("echo-", StringComparison.Ordinal))) context.ResponseTrailers.Add(entry);
        return Answered(request, context);
    }

    public override async Task<Answer> Upload(IAsyncStreamReader<Message> requestStream, ServerCallContext context)
    {
        var (messages, length) = (0, 0);
        await foreach (var message in requestStream.ReadAllAsync()) (messages, length) = (messages + 1, length + message.Text.Length + message.Data.Length);
        return new Answer { Text = $"{messages} {length}", Pid = Environment.ProcessId };
    }

    public override async Task Download(Amount request, IServerStreamWriter<Answer> responseStream, ServerCallContext context)
    {
        for (var i = 0; i != request.Number; i++)
        {
            await responseStream.WriteAsync(new Answer { Text = i.ToString(CultureInfo.InvariantCulture), Pid = Environment.ProcessId }, context.CancellationToken);
            if (request.Number < 0) await Task.Delay(10, context.CancellationToken);
        }
    }

    public override async Task Duplex(IAsyncStreamReader<Message> requestStream, IServerStreamWriter<Answer> responseStream, ServerCallContext context)
    {
        await foreach (var message in requestStream.ReadAllAsync()) await responseStream.WriteAsync(Answered(message, context));
    }

    public override Task<Answer> Fail(Failure request, ServerCallContext context)
    {
        var trailers = new Metadata { { "reason", "a reason" }, { "proof-bin", [0, 1, 2, 255] } };
        throw new RpcException(new global::Grpc.Core.Status((StatusCode)request.Status, request.Detail), trailers);
    }

    public override Task<Answer> Throw(Message request, ServerCallContext context) => throw new InvalidOperationException("A fault of the service.");

    public override async Task<Answer> Wait(Message request, ServerCallContext context)
    {
        log.Begun(request.Text);
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (context.CancellationToken.Register(cancelled.SetResult)) await cancelled.Task;
        log.Cancelled(request.Text);
        return new Answer();
    }

    private static Answer Answered(Message message, ServerCallContext context) => new()
    {
        Text = message.Text,
        Data = message.Data,
        Pid = Environment.ProcessId,
        Attempts = int.Parse(context.RequestHeaders.GetValue("grpc-previous-rpc-attempts") ?? "0", CultureInfo.InvariantCulture),
    };
}
