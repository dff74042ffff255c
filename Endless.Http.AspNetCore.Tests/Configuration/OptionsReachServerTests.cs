using System.Reflection;
using Endless.Http.Tests.Processes;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Endless.Http.AspNetCore.Tests.Configuration;

/// <summary>Every public option, a value that is not its default, and what a server then has; an option that is not here fails.</summary>
public sealed class OptionsReachServerTests
{
    private static readonly Dictionary<string, (object? Value, Func<EndlessServer, object?> Found, object? Expected)> OfTheServer = new()
    {
        ["EndlessServerLimits.MaxConcurrentConnections"] = (7L, server => server.MaxConnections, 7),
        ["EndlessServerLimits.MaxRequestHeadersTotalSize"] = (1_000, server => server.MaxHeaderBytes, 1_000 + (8 * 1024)),
        ["EndlessServerLimits.MaxRequestHeadersTotalSizePerConnection"] = (50_000, server => server.MaxHeaderBytesPerConnection, 50_000),
        ["EndlessServerLimits.MaxRequestHeaderCount"] = (7, server => server.MaxHeaderCount, 7),
        ["EndlessServerLimits.MaxRequestLineSize"] = (1_000, server => server.MaxRequestLineBytes, 1_000),
        ["EndlessServerLimits.KeepAliveTimeout"] = (Timeout.InfiniteTimeSpan, server => server.IdleTimeout < TimeSpan.Zero, true),
        ["EndlessServerLimits.RequestHeadersTimeout"] = (TimeSpan.FromSeconds(7), server => server.ReadHeaderTimeout, TimeSpan.FromSeconds(7)),
        ["EndlessServerLimits.MinRequestBodyDataRate"] = (new MinDataRate(0.5, TimeSpan.FromSeconds(7)), server => (server.MinRequestBodyRate, server.MinRequestBodyRateGrace), (1, TimeSpan.FromSeconds(7))),
        ["EndlessServerLimits.MinResponseDataRate"] = (null, server => server.MinResponseRate, 0),
        ["EndlessRestartOptions.Probation"] = (TimeSpan.FromSeconds(7), server => server.Probation, TimeSpan.FromSeconds(7)),
        ["EndlessRestartOptions.StartTimeout"] = (TimeSpan.FromSeconds(7), server => server.StartTimeout, TimeSpan.FromSeconds(7)),
        ["EndlessRestartOptions.HammerTime"] = (TimeSpan.FromSeconds(7), server => server.HammerTime, TimeSpan.FromSeconds(7)),
        ["EndlessRestartOptions.DrainGrace"] = (TimeSpan.FromSeconds(7), server => (server.IsDrainGraceSet, server.DrainGrace), (true, TimeSpan.FromSeconds(7))),
        ["EndlessRestartOptions.StopDelay"] = (TimeSpan.FromSeconds(7), server => server.StopDelay, TimeSpan.FromSeconds(7)),
        ["EndlessRestartOptions.HandOver"] = (false, server => server.HandOverConnections, false),
        ["EndlessServerOptions.Admin"] = ("127.0.0.1:9000", server => server.Admin, "127.0.0.1:9000"),
        ["EndlessServerOptions.Scheduling"] = (SchedulingMode.ThreadPool, server => server.Scheduling, SchedulingMode.ThreadPool),
    };

    /// <summary>What is no setting of a server's, and who reads it.</summary>
    private static readonly Dictionary<string, string> OfOthers = new()
    {
        ["EndlessServerLimits.MaxRequestBodySize"] = "looked at where a request's body is read, since an endpoint may raise it",
        ["EndlessRestartOptions.PidFile"] = "the process's: A_pid_file_is_the_process_s",
        ["EndlessServerOptions.AddServerHeader"] = "the responses'",
        ["EndlessServerOptions.AllowSynchronousIO"] = "the bodies'",
        ["EndlessServerOptions.KestrelMetricNames"] = "KestrelMetricNamesTests",
        ["EndlessListenOptions.Protocols"] = "ServerPlanTests",
    };

    public static TheoryData<string> Names => [.. OfTheServer.Keys];

    [Fact]
    public void Every_public_option_is_in_one_of_the_two_tables()
    {
        Type[] types = [typeof(EndlessServerOptions), typeof(EndlessServerLimits), typeof(EndlessRestartOptions), typeof(EndlessListenOptions)];
        var settable = types.SelectMany(type => type.GetProperties()).Where(property => property.SetMethod is { IsPublic: true }).Select(property => $"{property.DeclaringType!.Name}.{property.Name}");
        Assert.Equal(OfTheServer.Keys.Concat(OfOthers.Keys).Order(StringComparer.Ordinal), settable.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void An_option_reaches_the_server(string name)
    {
        var (value, found, expected) = OfTheServer[name];
        using (var unset = TestPlan.OfUrls("http://127.0.0.1:0")) Assert.NotEqual(expected, found(unset.Only));
        using var plan = TestPlan.Of(options => Set(options, name, value), "http://127.0.0.1:0");
        Assert.Equal(expected, found(plan.Only));
    }

    [Fact]
    public void Defaults_are_Kestrels()
    {
        var limits = new EndlessServerLimits();
        var kestrel = new KestrelServerLimits();
        foreach (var property in typeof(EndlessServerLimits).GetProperties())
            if (typeof(KestrelServerLimits).GetProperty(property.Name) is { } its && property.PropertyType != typeof(MinDataRate)) Assert.Equal(its.GetValue(kestrel), property.GetValue(limits));
        Assert.Equal(kestrel.MinRequestBodyDataRate!.ToString(), limits.MinRequestBodyDataRate!.ToString());
        Assert.Equal(kestrel.MinResponseDataRate!.ToString(), limits.MinResponseDataRate!.ToString());
    }

    [Fact]
    public void The_servers_own_limit_on_bodies_is_off()
    {
        using var plan = TestPlan.Of(options => options.Limits.MaxRequestBodySize = 1, "http://127.0.0.1:0");
        Assert.True(plan.Only.MaxRequestBodyBytes < 0);
    }

    [Fact]
    public void The_program_may_change_each_server_itself()
    {
        using var plan = TestPlan.Of(options =>
        {
            options.Listen("http://127.0.0.1:0");
            options.Listen("http://127.0.0.1:1", listen => listen.Protocols = HttpProtocols.Http1);
            options.Configure(server => server.MaxRequestsPerConnection = 7);
            options.Configure(server => server.MaxHeaderCount = 7);
        });
        Assert.Equal(2, plan.Servers.Count);
        Assert.All(plan.Servers, planned => Assert.Equal((7, 7), (planned.Server.MaxRequestsPerConnection, planned.Server.MaxHeaderCount)));
    }

    [Fact]
    public void The_status_page_is_beside_one_of_several_servers()
    {
        using var plan = TestPlan.Of(options =>
        {
            options.Admin = "127.0.0.1:0";
            options.Listen("http://127.0.0.1:0");
            options.Listen("http://127.0.0.1:1", listen => listen.Protocols = HttpProtocols.Http1);
        });
        Assert.Equal(["127.0.0.1:0", null], plan.Servers.Select(planned => planned.Server.Admin));
    }

    [Fact]
    public void A_pid_file_is_the_process_s()
    {
        using var directory = new TempDirectory();
        try
        {
            using var plan = TestPlan.Of(options => options.Restart.PidFile = directory["pid"], "http://127.0.0.1:0");
            Assert.Equal(directory["pid"], EndlessProcess.PidFile);
        }
        finally
        {
            EndlessProcess.PidFile = null;
        }
    }

    [Theory]
    [InlineData("EndlessServerLimits.MaxRequestBodySize", -1L)]
    [InlineData("EndlessServerLimits.MaxConcurrentConnections", 0L)]
    [InlineData("EndlessServerLimits.MaxRequestHeadersTotalSize", 0)]
    [InlineData("EndlessServerLimits.MaxRequestHeadersTotalSize", int.MaxValue)]
    [InlineData("EndlessServerLimits.MaxRequestHeaderCount", 0)]
    [InlineData("EndlessServerLimits.MaxRequestLineSize", 0)]
    [InlineData("EndlessServerOptions.Scheduling", 77)]
    [InlineData("EndlessRestartOptions.PidFile", "")]
    public void A_value_that_means_nothing_is_refused_by_name(string name, object value)
    {
        var refused = Assert.Throws<TargetInvocationException>(() => Set(new EndlessServerOptions(), name, value));
        var argument = Assert.IsType<ArgumentException>(refused.InnerException, exactMatch: false);
        Assert.Equal(name.Split('.')[1], argument.ParamName);
    }

    private static void Set(EndlessServerOptions options, string name, object? value)
    {
        object target = name.Split('.')[0] switch { "EndlessServerLimits" => options.Limits, "EndlessRestartOptions" => options.Restart, _ => options };
        var property = target.GetType().GetProperty(name.Split('.')[1])!;
        property.SetValue(target, property.PropertyType.IsEnum ? Enum.ToObject(property.PropertyType, value!) : value);
    }
}
