namespace Endless.Http.Tests.Restart;

public sealed class RestartResultTests
{
    [Fact]
    public void No_result_is_no_success()
    {
        var result = default(RestartResult);
        Assert.Equal((false, false, 0), (result.Succeeded, result.Began, result.Generation));
        Assert.Equal("this is no result: nothing was attempted", result.Reason);
        Assert.Equal(result, new RestartResult());
    }

    [Fact]
    public void A_success_has_no_reason() => Assert.Null(RestartResult.Success(2, 100).Reason);
}
