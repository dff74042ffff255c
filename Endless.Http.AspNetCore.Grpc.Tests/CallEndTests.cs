using Endless.Http.AspNetCore.LiveApp.Calls;
using Endless.Http.Load;
using Grpc.Core;

namespace Endless.Http.AspNetCore.Grpc.Tests;

/// <summary>The ways for a call to end before its time or otherwise than well.</summary>
public sealed class CallEndTests
{
    [Theory, ClassData(typeof(ServersAndSchemes))]
    public async Task Every_status_comes_through_with_its_detail_and_trailers(string server, string scheme)
    {
        await using var host = await CallHost.StartAsync(server, scheme);
        foreach (var status in Enum.GetValues<StatusCode>().Where(status => status != StatusCode.OK))
        {
            var failure = await Assert.ThrowsAsync<RpcException>(async () => await host.Client.FailAsync(new Failure { Status = (int)status, Detail = "so ist es: 100 % \u00fc\n" }));
            Assert.Equal(status, failure.StatusCode);
            Assert.Equal("so ist es: 100 % \u00fc\n", failure.Status.Detail);
            Assert.Equal("a reason", failure.Trailers.GetValue("reason"));
            Assert.Equal([0, 1, 2, 255], failure.Trailers.GetValueBytes("proof-bin"));
        }
    }

    [Theory, ClassData(typeof(ServersAndSchemes))]
    public async Task An_exception_of_the_service_is_UNKNOWN(string server, string scheme)
    {
        await using var host = await CallHost.StartAsync(server, scheme);
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await host.Client.ThrowAsync(new Message()));
        Assert.Equal(StatusCode.Unknown, failure.StatusCode);
    }

    [Theory, ClassData(typeof(ServersAndSchemes))]
    public async Task A_service_that_is_not_there_is_UNIMPLEMENTED(string server, string scheme)
    {
        await using var host = await CallHost.StartAsync(server, scheme);
        var text = Marshallers.StringMarshaller;
        var method = new Method<string, string>(MethodType.Unary, "calls.Nowhere", "Nothing", text, text);
        using var call = host.Channel.CreateCallInvoker().AsyncUnaryCall(method, null, new CallOptions(), "");
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await call);
        Assert.Equal(StatusCode.Unimplemented, failure.StatusCode);
    }

    [Theory, ClassData(typeof(ServersAndSchemes))]
    public async Task A_deadline_ends_the_call_for_its_client_and_its_service(string server, string scheme)
    {
        await using var host = await CallHost.StartAsync(server, scheme);
        using var call = host.Client.WaitAsync(new Message { Text = "deadline" }, deadline: DateTime.UtcNow.AddSeconds(1));
        await host.Log.BegunAsync("deadline").WaitAsync(Deadline.Default);
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await call);
        Assert.Equal(StatusCode.DeadlineExceeded, failure.StatusCode);
        await host.Log.CancelledAsync("deadline").WaitAsync(Deadline.Default);
        await IsServedAsync(host);
    }

    [Theory, ClassData(typeof(ServersAndSchemes))]
    public async Task A_client_that_cancels_sees_CANCELLED_and_the_service_is_told(string server, string scheme)
    {
        await using var host = await CallHost.StartAsync(server, scheme);
        using var cancellation = new CancellationTokenSource();
        using var call = host.Client.WaitAsync(new Message { Text = "cancelled" }, cancellationToken: cancellation.Token);
        await host.Log.BegunAsync("cancelled").WaitAsync(Deadline.Default);
        await cancellation.CancelAsync();
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await call);
        Assert.Equal(StatusCode.Cancelled, failure.StatusCode);
        await host.Log.CancelledAsync("cancelled").WaitAsync(Deadline.Default);
        await IsServedAsync(host);
    }

    [Theory, ClassData(typeof(ServersAndSchemes))]
    public async Task A_stream_that_its_client_leaves_ends_and_others_go_on(string server, string scheme)
    {
        await using var host = await CallHost.StartAsync(server, scheme);
        using var other = host.Client.Duplex();
        for (var i = 0; i < 20; i++)
        {
            using var call = host.Client.Download(new Amount { Number = -1 });
            Assert.True(await call.ResponseStream.MoveNext().WaitAsync(Deadline.Default));
        }
        await other.RequestStream.WriteAsync(new Message { Text = "still there" });
        Assert.True(await other.ResponseStream.MoveNext().WaitAsync(Deadline.Default));
        await other.RequestStream.CompleteAsync();
        Assert.False(await other.ResponseStream.MoveNext());
    }

    private static async Task IsServedAsync(CallHost host) => Assert.Equal("after", (await host.Client.UnaryAsync(new Message { Text = "after" })).Text);
}
