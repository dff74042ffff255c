using System.Reflection;
using Endless.Http.Budgets;
using Endless.Http.Generations;
using Endless.Http.Tests.Restart;

namespace Endless.Http.Tests.Server;

/// <summary>What every number and time that can be set means, or that it is refused when it is set; a setting that is not here fails.</summary>
public sealed class SettingsTests
{
    private const string Refused = "refused";

    /// <summary>What a negative value, zero, the largest one and, for a time, an infinite one mean.</summary>
    private static readonly Dictionary<string, (string Negative, string Zero, string Largest, string Infinite)> Meanings = new()
    {
        ["EndlessServer.DefaultHammerTime"] = ("for ever", "at once", "for ever", "for ever"),
        ["EndlessServer.DefaultMaxHeaderBytes"] = (Refused, "1 MiB", Refused, ""),
        ["EndlessServer.DefaultReadTimeout"] = ("none", "none", "for ever", "none"),
        ["EndlessServer.DefaultWriteTimeout"] = ("none", "none", "for ever", "none"),
        ["EndlessServer.DrainGrace"] = (Refused, "at once", "for ever", "for ever"),
        ["EndlessServer.HammerTime"] = ("for ever", "at once", "for ever", "for ever"),
        ["EndlessServer.IdleTimeout"] = ("none", "ReadTimeout or 130 s", "for ever", "none"),
        ["EndlessServer.MaxConnections"] = ("no limit", "no limit", "no limit", ""),
        ["EndlessServer.MaxHeaderBytes"] = (Refused, "1 MiB", Refused, ""),
        ["EndlessServer.MaxHeaderBytesPerConnection"] = (Refused, "4 MiB, or MaxHeaderBytes", "no limit", ""),
        ["EndlessServer.MaxHeaderCount"] = (Refused, "100", "no limit", ""),
        ["EndlessServer.MaxRequestBodyBytes"] = ("no limit", "no body", "no limit", ""),
        ["EndlessServer.MaxRequestLineBytes"] = (Refused, "8 KiB", "MaxHeaderBytes", ""),
        ["EndlessServer.MaxRequestsPerConnection"] = ("no limit", "no limit", "no limit", ""),
        ["EndlessServer.MaxUnsentBytes"] = (Refused, "the kernel's", "no limit", ""),
        ["EndlessServer.MinRequestBodyRate"] = ("off", "off", "that rate", ""),
        ["EndlessServer.MinRequestBodyRateGrace"] = (Refused, Refused, "off", "off"),
        ["EndlessServer.MinResponseRate"] = ("off", "off", "that rate", ""),
        ["EndlessServer.MinResponseRateGrace"] = (Refused, Refused, "off", "off"),
        ["EndlessServer.Probation"] = (Refused, "trusts at once", Refused, Refused),
        ["EndlessServer.ReadHeaderTimeout"] = ("none", "ReadTimeout or 30 s", "for ever", "none"),
        ["EndlessServer.ReadTimeout"] = ("none", "none", "for ever", "none"),
        ["EndlessServer.StartTimeout"] = ("for ever", "for ever", "for ever", "for ever"),
        ["EndlessServer.StopDelay"] = (Refused, "none", "until told again", "until told again"),
        ["EndlessServer.TcpKeepAliveCount"] = (Refused, Refused, Refused, ""),
        ["EndlessServer.TcpKeepAliveIdle"] = (Refused, Refused, Refused, "never asks"),
        ["EndlessServer.TcpKeepAliveInterval"] = (Refused, Refused, Refused, Refused),
        ["EndlessServer.WriteTimeout"] = ("none", "none", "for ever", "none"),
        ["ProcessLimits.MaxBodyBytes"] = (Refused, Refused, "no limit", ""),
        ["ProcessLimits.MaxHandshakes"] = (Refused, Refused, "no limit", ""),
        ["ProcessLimits.MaxHeaderBytes"] = (Refused, Refused, "no limit", ""),
        ["ProcessLimits.MaxStreams"] = (Refused, Refused, "no limit", ""),
        ["ProcessLimits.MaxUnsentBytes"] = (Refused, Refused, "no limit", ""),
        ["Request.MaxBodyBytes"] = ("the server's", "no body", "the server's", ""),
        ["TlsOptions.HandshakeTimeout"] = ("none", "the smallest of the server's", "for ever", "none"),
    };

    /// <summary>What is no number and no time, and why any value is right; or what is not.</summary>
    private static readonly Dictionary<string, string> Others = new()
    {
        ["EndlessServer.Admin"] = "null is none; what is no address is refused (AdminTests)",
        ["EndlessServer.BeforeBegin"] = "null is none",
        ["EndlessServer.BeforeReady"] = "null is none",
        ["EndlessServer.HandOverConnections"] = "yes or no",
        ["EndlessServer.Logger"] = "null is the default log",
        ["EndlessServer.Name"] = "null is none; empty, too long and control characters are refused",
        ["EndlessProcess.PidFile"] = "null is none; empty is refused",
        ["EndlessServer.ReusePort"] = "yes or no",
        ["EndlessServer.Scheduling"] = "other than the three is refused",
        ["EndlessServer.ShutdownInitiated"] = "null is none",
        ["EndlessProcess.StateToNext"] = "null is nothing",
        ["EndlessServer.TlsOptions"] = "null is refused",
        ["EndlessServer.UnencryptedHttp2"] = "yes or no",
        ["EndlessServer.UnencryptedHttp2Upgrade"] = "yes or no",
        ["Header.Item"] = "null removes; what could split a message is refused (HeaderTests)",
        ["MetricsHandler.Allow"] = "null is refused",
        ["StatusHandler.Allow"] = "null is refused",
        ["TlsOptions.Certificate"] = "null is none",
        ["TlsOptions.CipherSuites"] = "null is those with ephemeral keys and authenticated encryption",
        ["TlsOptions.ClientCertificateValidation"] = "null is none",
        ["TlsOptions.ClientCertificates"] = "other than the three is refused",
        ["TlsOptions.OcspStapling"] = "yes or no",
        ["TlsOptions.Protocols"] = "other than Tls12 and Tls13 is refused (TlsHandshakeTests)",
        ["TlsOptions.SessionResumption"] = "yes or no",
    };

    /// <summary>What a handler sets for one response, and what refuses a wrong value.</summary>
    private static readonly Dictionary<string, string> OfAResponse = new()
    {
        ["DelegatingResponseWriter.StatusCode"] = "its inner writer's",
        ["ResponseWriter.StatusCode"] = "below 200, but for 101, and above 999 are refused (StatusCodeTests)",
    };

    /// <summary>Methods that take a number or a time, and what refuses a wrong one.</summary>
    private static readonly Dictionary<string, string> Arguments = new()
    {
        ["RestartClient.RestartAsync.timeout"] = "negative is refused, but for infinite; zero does not wait (RestartClientTests)",
        ["DelegatingResponseWriter.SetReadDeadline.time"] = "its inner writer's",
        ["DelegatingResponseWriter.SetWriteDeadline.time"] = "its inner writer's",
        ["HttpErrorException..ctor.statusCode"] = "below 400 and above 599 are refused (HttpErrorTests)",
        ["ResponseWriter.SendFileAsync.offset"] = "negative is refused (SendFileTests)",
        ["ResponseWriter.SendFileAsync.length"] = "negative, and beyond the file's end, are refused (SendFileTests)",
        ["ResponseWriter.SetReadDeadline.time"] = "zero and negative, but for infinite, are refused (RequestDeadlineTests)",
        ["ResponseWriter.SetWriteDeadline.time"] = "zero and negative, but for infinite, are refused (RequestDeadlineTests)",
        ["ResponseWriterExtensions.Error.statusCode"] = "as for ResponseWriter.StatusCode",
        ["ResponseWriterExtensions.Html.statusCode"] = "as for ResponseWriter.StatusCode, but for 0",
        ["ResponseWriterExtensions.Redirect.statusCode"] = "below 300 and above 399 are refused",
        ["ResponseWriterExtensions.RedirectLocal.statusCode"] = "below 300 and above 399 are refused",
        ["ResponseWriterExtensions.Text.statusCode"] = "as for ResponseWriter.StatusCode, but for 0",
        ["RequestValues.QueryInt.defaultValue"] = "any",
        ["DelegatingResponseWriter.WriteHeader.statusCode"] = "its inner writer's",
        ["ResponseWriter.WriteHeader.statusCode"] = "below 100 and above 999 are refused (ResponseHeaderTests)",
    };

    /// <summary>Settings of a server, and of its TLS, that any test may change; one that belongs to the process is <see cref="StaticSettingsTests"/>'.</summary>
    public static TheoryData<string> OfAnObject => [.. Meanings.Keys.Where(name => name != "Request.MaxBodyBytes" && !Find(name).SetMethod!.IsStatic)];

    internal static IEnumerable<string> OfTheProcess => Meanings.Keys.Where(name => Find(name).SetMethod!.IsStatic);

    [Fact]
    public void Every_public_setting_is_in_one_of_the_two_tables()
    {
        var settable = typeof(EndlessServer).Assembly.GetExportedTypes().Where(type => !HandlerOptionsTests.IsForHandlers(type))
            .SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(property => property.SetMethod is { IsPublic: true } && !IsInitOnly(property)).Select(property => $"{property.DeclaringType!.Name}.{property.Name}");
        AssertSame(Meanings.Keys.Concat(Others.Keys).Concat(OfAResponse.Keys), settable);
        Assert.All(Meanings.Keys, name => Assert.True(IsMeasure(Find(name).PropertyType), name));
        Assert.All(Others.Keys, name => Assert.False(IsMeasure(Find(name).PropertyType), name));
    }

    private static bool IsInitOnly(PropertyInfo property) =>
        property.SetMethod!.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(System.Runtime.CompilerServices.IsExternalInit));

    [Fact]
    public void Every_public_method_that_takes_a_number_or_a_time_is_known()
    {
        var taken = typeof(EndlessServer).Assembly.GetExportedTypes()
            .Where(type => !HandlerOptionsTests.IsForHandlers(type) && !type.IsSubclassOf(typeof(Delegate)))
            .SelectMany(type => type.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)).OfType<MethodBase>()
            .Where(method => !method.IsSpecialName || method.IsConstructor)
            .SelectMany(method => method.GetParameters().Where(parameter => IsMeasure(parameter.ParameterType)).Select(parameter => $"{method.DeclaringType!.Name}.{method.Name}.{parameter.Name}"));
        AssertSame(Arguments.Keys, taken.Distinct());
    }

    [Theory]
    [MemberData(nameof(OfAnObject))]
    public void It_is_taken_or_refused_when_it_is_set(string name)
    {
        using var server = new ServerFixture();
        var owner = Find(name).DeclaringType;
        Check(name, owner == typeof(EndlessServer) ? server.Server : owner == typeof(ProcessLimits) ? new ProcessLimits(new ProcessBudget()) : new TlsOptions());
    }

    /// <summary>Sets each of a setting's extreme values: what the table calls refused is, and leaves the setting as it was; everything else is kept.</summary>
    internal static void Check(string name, object? target)
    {
        var property = Find(name);
        var meanings = Meanings[name];
        foreach (var (value, meaning) in Extremes(property.PropertyType, meanings))
        {
            var before = property.GetValue(target);
            if (meaning != Refused)
            {
                property.SetValue(target, value);
                Assert.Equal(value, property.GetValue(target));
                property.SetValue(target, before);
                continue;
            }
            var thrown = Assert.IsType<ArgumentOutOfRangeException>(Assert.Throws<TargetInvocationException>(() => property.SetValue(target, value)).InnerException);
            Assert.Equal((property.Name, value), (thrown.ParamName, thrown.ActualValue));
            Assert.StartsWith($"{property.Name} cannot be {value}; allowed is ", thrown.Message);
            Assert.Equal(before, property.GetValue(target));
        }
    }

    [Fact]
    public void What_is_no_number_is_refused_when_it_is_set_too()
    {
        using var fixture = new ServerFixture();
        var server = fixture.Server;
        Assert.Equal("Scheduling", Assert.Throws<ArgumentOutOfRangeException>(() => server.Scheduling = (SchedulingMode)7).ParamName);
        Assert.Equal("ClientCertificates", Assert.Throws<ArgumentOutOfRangeException>(() => server.TlsOptions.ClientCertificates = (ClientCertificateMode)7).ParamName);
        Assert.Equal("TlsOptions", Assert.Throws<ArgumentNullException>(() => server.TlsOptions = null!).ParamName);
        Assert.Equal("Allow", Assert.Throws<ArgumentNullException>(() => new StatusHandler(new Generation(new FakeHost(), TimeSpan.Zero)).Allow = null!).ParamName);
        Assert.Equal("Allow", Assert.Throws<ArgumentNullException>(() => new MetricsHandler(new Generation(new FakeHost(), TimeSpan.Zero)).Allow = null!).ParamName);
        Assert.Equal("PidFile", Assert.Throws<ArgumentException>(() => EndlessProcess.PidFile = "").ParamName);
        Assert.Equal("PidFile", Assert.Throws<ArgumentException>(() => EndlessProcess.PidFile = " ").ParamName);
        foreach (var wrong in (string[])["", "a\nb", "a\u0085", new string('a', 256)])
            Assert.Equal("Name", Assert.Throws<ArgumentException>(() => server.Name = wrong).ParamName);
        server.Name = new string('\u00e4', 255);
        server.Name = null;
    }

    [Theory]
    [InlineData("")]
    [InlineData("ready")]
    [InlineData("http://localhost/")]
    [InlineData("/a b")]
    [InlineData("/a\r\nX: y")]
    [InlineData("/ä")]
    public void WarmUp_takes_paths_only(string target)
    {
        using var fixture = new ServerFixture();
        fixture.Server.WarmUp.Add("/ok?x=%20");
        Assert.Throws<ArgumentException>(() => fixture.Server.WarmUp.Add(target));
        Assert.Throws<ArgumentException>(() => fixture.Server.WarmUp[0] = target);
        Assert.Throws<ArgumentNullException>(() => fixture.Server.WarmUp.Add(null!));
        Assert.Equal(["/ok?x=%20"], fixture.Server.WarmUp);
    }

    [Fact]
    public void What_makes_a_server_or_registers_a_handler_refuses_null()
    {
        Assert.Equal("addr", Assert.Throws<ArgumentNullException>(() => EndlessServer.NewServer(null!)).ParamName);
        Assert.Equal("handler", Assert.Throws<ArgumentNullException>(() => EndlessServer.NewServer(":0", (HandlerFunc)null!)).ParamName);
        Assert.Equal("handler", Assert.Throws<ArgumentNullException>(() => EndlessServer.NewServer(":0", (AsyncHandlerFunc)null!)).ParamName);
        var mux = new ServeMux();
        Assert.Equal("handler", Assert.Throws<ArgumentNullException>(() => mux.Handle("/", null!)).ParamName);
        Assert.Equal("handler", Assert.Throws<ArgumentNullException>(() => mux.HandleFunc("/", (HandlerFunc)null!)).ParamName);
        Assert.Equal("pattern", Assert.Throws<ArgumentNullException>(() => mux.HandleFunc(null!, (_, _) => { })).ParamName);
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(long.MinValue)]
    public void RestartClient_refuses_a_negative_time(long ticks) =>
        Assert.Equal("timeout", Assert.IsType<ArgumentOutOfRangeException>(Record.Exception(() => { _ = RestartClient.RestartAsync("none.pid", TimeSpan.FromTicks(ticks)); })).ParamName);

    private static PropertyInfo Find(string name)
    {
        var (type, property) = (name.Split('.')[0], name.Split('.')[1]);
        return typeof(EndlessServer).Assembly.GetExportedTypes().Single(one => one.Name == type).GetProperty(property)!;
    }

    private static void AssertSame(IEnumerable<string> known, IEnumerable<string> found)
    {
        var (listed, there) = (known.ToHashSet(), found.ToHashSet());
        Assert.True(listed.SetEquals(there), $"not listed: {string.Join(", ", there.Except(listed))}; is no more: {string.Join(", ", listed.Except(there))}");
    }

    internal static bool IsMeasure(Type type) => type == typeof(TimeSpan) || type == typeof(int) || type == typeof(long);

    private static IEnumerable<(object Value, string Meaning)> Extremes(Type type, (string Negative, string Zero, string Largest, string Infinite) meanings)
    {
        object[] values = type == typeof(TimeSpan) ? [TimeSpan.FromSeconds(-5), TimeSpan.MinValue, TimeSpan.Zero, TimeSpan.MaxValue]
            : type == typeof(int) ? [-2, int.MinValue, 0, int.MaxValue] : [-2L, long.MinValue, 0L, long.MaxValue];
        yield return (values[0], meanings.Negative);
        yield return (values[1], meanings.Negative);
        yield return (values[2], meanings.Zero);
        yield return (values[3], meanings.Largest);
        if (type == typeof(TimeSpan)) yield return (Timeout.InfiniteTimeSpan, meanings.Infinite);
    }

    /// <summary>Every time and number of a server at an extreme value that it takes.</summary>
    internal static IEnumerable<(string Name, object Value)> Taken() =>
        from name in Meanings.Keys
        let property = Find(name)
        where property.DeclaringType == typeof(EndlessServer) && !property.SetMethod!.IsStatic
        from extreme in Extremes(property.PropertyType, Meanings[name])
        where extreme.Meaning != Refused
        select (name, extreme.Value);
}
