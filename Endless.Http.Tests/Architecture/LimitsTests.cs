using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Endless.Http.Budgets;
using Endless.Http.Files;
using Endless.Http.Http2;
using Endless.Http.Operations;
using Endless.Http.Semantics;
using Endless.Http.Server;
using Endless.Http.Tests.Restart;
using Endless.Http.WebSockets;
using Endless.Http.Workers;

namespace Endless.Http.Tests.Architecture;

/// <summary>docs/limits.md names what is there, with the defaults that hold.</summary>
public sealed partial class LimitsTests
{
    private const long Gibi = 1 << 30;

    /// <summary>The defaults of settings, as they hold where nothing is set.</summary>
    private static Dictionary<string, string> Defaults()
    {
        var limits = new ProtocolLimits();
        var form = new FormOptions();
        var server = EndlessServer.NewServer("127.0.0.1:0");
        try
        {
            return new()
            {
                ["MaxRequestLineBytes"] = Bytes(limits.MaxRequestLineBytes),
                ["MaxHeaderBytes"] = Bytes(limits.MaxHeaderBytes),
                ["MaxHeaderBytesPerConnection"] = Bytes(limits.MaxConnectionHeaderBytes),
                ["MaxHeaderCount"] = Number(limits.MaxHeaderCount),
                ["MaxRequestBodyBytes"] = server.MaxRequestBodyBytes < 0 && limits.MaxBodyBytes < 0 ? "none" : Bytes(server.MaxRequestBodyBytes),
                ["MaxRequestsPerConnection"] = OrNone(server.MaxRequestsPerConnection),
                ["MaxConnections"] = OrNone(server.MaxConnections),
                ["ReadHeaderTimeout"] = Fallback(typeof(SettingsSnapshot), "DefaultReadHeaderTimeout"),
                ["ReadTimeout"] = Time(server.ReadTimeout),
                ["WriteTimeout"] = Time(server.WriteTimeout),
                ["IdleTimeout"] = Fallback(typeof(SettingsSnapshot), "DefaultIdleTimeout"),
                ["MinRequestBodyRate"] = Number(server.MinRequestBodyRate),
                ["MinResponseRate"] = Number(server.MinResponseRate),
                ["MaxUnsentBytes"] = Bytes(server.MaxUnsentBytes),
                ["TlsOptions.HandshakeTimeout"] = Fallback(typeof(ServerTls), "DefaultHandshakeTimeout"),
                ["Http2Limits.StallTimeout"] = Time(TimeSpan.FromMilliseconds(Http2Limits.StallTimeout)),
                ["WebSocketOptions.MaxMessageBytes"] = Bytes(new WebSocketOptions().MaxMessageBytes),
                ["WebSocketOptions.PingInterval"] = Time(new WebSocketOptions().PingInterval),
                ["WebSocketOptions.PeerTimeout"] = Time(new WebSocketOptions().PeerTimeout),
                ["WebSocketOptions.CloseTimeout"] = Time(new WebSocketOptions().CloseTimeout),
                ["HubOptions.QueueLength"] = Number(new HubOptions().QueueLength),
                ["HubOptions.MaxSubscribers"] = Number(new HubOptions().MaxSubscribers),
                ["ProcessLimits.MaxHeaderBytes"] = Part(process => process.MaxHeaderBytes),
                ["ProcessLimits.MaxBodyBytes"] = Part(process => process.MaxBodyBytes),
                ["ProcessLimits.MaxUnsentBytes"] = Part(process => process.MaxUnsentBytes),
                ["ProcessLimits.MaxStreams"] = Each(process => process.MaxStreams),
                ["ProcessLimits.MaxHandshakes"] = Each(process => process.MaxHandshakes),
                ["WorkerLimit"] = Number(WorkerLimit.For(long.MaxValue, long.MaxValue)),
                ["DescriptorLimit"] = "RLIMIT_NOFILE",
                ["ByteRanges.MaxRanges"] = Number(ByteRanges.MaxRanges),
                ["FileSource.MaxListed"] = Number(FileSource.MaxListed),
                ["PhysicalFiles.CacheBytes"] = Bytes(new PhysicalFiles("/").CacheBytes),
                ["PhysicalFiles.CachedFileBytes"] = Bytes(new PhysicalFiles("/").CachedFileBytes),
                ["PhysicalFiles.CacheDuration"] = Time(new PhysicalFiles("/").CacheDuration),
                ["JsonReadOptions.MaxBytes"] = Bytes(new JsonReadOptions().MaxBytes),
                ["JsonReadOptions.MaxDepth"] = Number(new JsonReadOptions().MaxDepth),
                ["JsonReadOptions.MaxElements"] = Number(new JsonReadOptions().MaxElements),
                ["DecompressOptions.MaxBytes"] = Bytes(new DecompressOptions().MaxBytes),
                ["DecompressOptions.MaxRatio"] = Number(new DecompressOptions().MaxRatio),
                ["FormOptions.MaxBytes"] = Bytes(form.MaxBytes),
                ["FormOptions.MaxFields"] = Number(form.MaxFields),
                ["FormOptions.MaxNameBytes"] = Bytes(form.MaxNameBytes),
                ["FormOptions.MaxValueBytes"] = Bytes(form.MaxValueBytes),
                ["FormOptions.MaxValuesBytes"] = Bytes(form.MaxValuesBytes),
                ["FormOptions.MaxFileBytes"] = OrNone(form.MaxFileBytes),
                ["FormOptions.MaxMemoryBytes"] = Bytes(form.MaxMemoryBytes),
                ["FormOptions.MaxPartHeaderBytes"] = Bytes(form.MaxPartHeaderBytes),
                ["FormOptions.MaxPartHeaders"] = Number(form.MaxPartHeaders),
                ["ReverseProxyOptions.MaxResponseHeaderBytes"] = Bytes(new ReverseProxyOptions().MaxResponseHeaderBytes),
                ["ReverseProxyOptions.ConnectTimeout"] = Time(new ReverseProxyOptions().ConnectTimeout),
                ["ReverseProxyOptions.ResponseHeaderTimeout"] = Time(new ReverseProxyOptions().ResponseHeaderTimeout),
                ["ReverseProxyOptions.IdleTimeout"] = Time(new ReverseProxyOptions().IdleTimeout),
                ["RateLimitOptions.MaxPartitions"] = Number(new RateLimitOptions().MaxPartitions),
                ["ForwardedHeadersOptions.MaxHops"] = Number(new ForwardedHeadersOptions().MaxHops),
                ["CacheOptions.MaxBytes"] = Bytes(new CacheOptions().MaxBytes),
                ["CacheOptions.MaxEntryBytes"] = Bytes(new CacheOptions().MaxEntryBytes),
            };
        }
        finally
        {
            server.Close();
        }
    }

    [Fact]
    public void Each_default_is_the_real_one()
    {
        var defaults = Defaults();
        var wrong = new List<string>();
        foreach (var (name, told) in Rows())
        {
            var real = defaults.GetValueOrDefault(name) ?? Constant(name);
            if (real != told) wrong.Add($"{name} is {real ?? "not known"}, and the table says {told}");
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void Each_setting_is_there()
    {
        var listing = File.ReadAllText(Path.Combine(Path.GetDirectoryName(ThisFile())!, "PublicApi.txt"));
        var settings = Rows().Select(row => row.Name).Where(name => !Type(name, out _)).ToList();
        Assert.True(settings.Count > 15, "The tables have been emptied.");
        Assert.DoesNotContain(settings, name =>
        {
            var (type, member) = name.Split('.') is [var owner, var property] ? (owner, property) : ("EndlessServer", name);
            var block = Regex.Match(listing, $@"^sealed class {type}\b.*\n(?:    .*\n)+", RegexOptions.Multiline).Value;
            return !block.Contains($" {member} {{ get; set; }}", StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Each_limit_of_the_process_is_a_metric_by_its_name()
    {
        var named = Named().Matches(Text()).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal).ToList();
        var generation = new Endless.Http.Generations.Generation(new FakeHost(), TimeSpan.FromSeconds(1));
        Assert.Equal(ProcessLimit.All(generation).Select(limit => limit.Name).Order(StringComparer.Ordinal), named);
        var families = GenerationMetrics.Collect(generation).Where(family => family.Name.StartsWith("endless_limit_", StringComparison.Ordinal)).ToList();
        Assert.Equal(["endless_limit_max", "endless_limit_refused", "endless_limit_shed", "endless_limit_used"], families.Select(family => family.Name));
        Assert.All(families, family => Assert.Contains("limit=\"header_bytes\"", family.Values.Keys));
    }

    /// <summary>The first name and the default of each row of limits.</summary>
    private static IEnumerable<(string Name, string Default)> Rows() => Row().Matches(Text()).Select(match => (match.Groups[1].Value, match.Groups[2].Value));

    private static string? Constant(string name) =>
        Type(name, out var type) && type.GetField(name[(name.IndexOf('.') + 1)..]) is { } field ? Amount(name, Convert.ToInt64(field.GetValue(null), CultureInfo.InvariantCulture))
        : type == typeof(ProtocolLimits) && type.GetProperty(name[(name.IndexOf('.') + 1)..]) is { } property ? Amount(name, Convert.ToInt64(property.GetValue(new ProtocolLimits()), CultureInfo.InvariantCulture))
        : null;

    private static bool Type(string name, out Type type) =>
        (type = name.Split('.')[0] switch
        {
            "Http2Limits" => typeof(Http2Limits),
            "MessageReader" => typeof(MessageReader),
            "ProtocolLimits" => typeof(ProtocolLimits),
            "WorkerLimit" => typeof(WorkerLimit),
            "DescriptorLimit" => typeof(Endless.Http.Native.DescriptorLimit),
            "ByteRanges" => typeof(ByteRanges),
            "FileSource" => typeof(FileSource),
            _ => null!,
        }) is not null;

    private static string Amount(string name, long value) => name.EndsWith("Burst", StringComparison.Ordinal) || name.EndsWith("Streams", StringComparison.Ordinal) || name.EndsWith("Fragments", StringComparison.Ordinal) ? Number(value) : Bytes(value);

    /// <summary>What holds where a setting is not set and nothing takes its place.</summary>
    private static string Fallback(Type owner, string field) => Time((TimeSpan)owner.GetField(field, BindingFlags.NonPublic | BindingFlags.Static)!.GetValue(null)!);

    private static string Bytes(long value) => value switch
    {
        65_535 => "64 KiB", // the protocol's own figure
        < 1 << 20 => $"{value >> 10} KiB",
        _ => string.Create(CultureInfo.InvariantCulture, $"{value / 1048576.0:0.#} MiB"),
    };

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string OrNone(long value) => value <= 0 ? "none" : Number(value);

    private static string Time(TimeSpan value) => value <= TimeSpan.Zero ? "none" : string.Create(CultureInfo.InvariantCulture, $"{value.TotalSeconds:0} s");

    private static string Part(Func<ProcessLimits, long> limit) => $"1/{Gibi / limit(new ProcessLimits(new ProcessBudget(Gibi)))} of the memory";

    private static string Each(Func<ProcessLimits, long> limit) => $"one for each {Bytes(Gibi / limit(new ProcessLimits(new ProcessBudget(Gibi)))).Replace("1 MiB", "MiB")} of the memory";

    private static string Text() => File.ReadAllText(Path.GetFullPath("../../docs/limits.md", Path.GetDirectoryName(ThisFile())!));

    private static string ThisFile([CallerFilePath] string file = "") => file;

    // A row of a table of six columns that begins with a name.
    [GeneratedRegex(@"^\| `([\w.]+)`[^|]* \| ([^|]+) \| [^|]+ \| [^|]+ \| [^|]+ \| [^|]+ \|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"^\| `[\w.]+` \(`(\w+)`\) \|", RegexOptions.Multiline)]
    private static partial Regex Named();
}
