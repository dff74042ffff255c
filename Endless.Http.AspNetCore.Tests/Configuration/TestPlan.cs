using System.Text;
using Endless.Http.AspNetCore.Configuration;
using Endless.Http.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;

namespace Endless.Http.AspNetCore.Tests.Configuration;

/// <summary>The servers that options and urls ask for, which are not started, and are closed with it.</summary>
internal sealed class TestPlan : IDisposable
{
    private TestPlan(EndlessServerOptions options, IEnumerable<string> urls, bool preferUrls, RecordedLog log)
    {
        Options = options;
        Log = log;
        var addresses = new ServerAddressesFeature { PreferHostingUrls = preferUrls };
        foreach (var url in urls) addresses.Addresses.Add(url);
        Servers = ServerPlan.Make(options, addresses, Handler.From((w, _) => w.WriteHeader(204)), log);
    }

    public EndlessServerOptions Options { get; }

    public RecordedLog Log { get; }

    public IReadOnlyList<PlannedServer> Servers { get; }

    /// <summary>Of all servers, each with its scheme: <c>http 127.0.0.1:80</c>.</summary>
    public IEnumerable<string> Addresses => Servers.SelectMany(planned => planned.Server.Addresses.Select(address => $"{planned.Scheme} {address}"));

    public EndlessServer Only => Assert.Single(Servers).Server;

    public static TestPlan OfUrls(params string[] urls) => Of(static _ => { }, urls);

    public static TestPlan Of(Action<EndlessServerOptions> configure, params string[] urls) => Of(configure, false, urls);

    public static TestPlan Of(Action<EndlessServerOptions> configure, bool preferUrls, params string[] urls)
    {
        var options = new EndlessServerOptions();
        configure(options);
        return new(options, urls, preferUrls, new RecordedLog());
    }

    /// <summary>As an appsettings.json says, and then the program.</summary>
    public static TestPlan OfJson(string json, Action<EndlessServerOptions>? configure = null, string contentRoot = "/", params string[] urls)
    {
        var log = new RecordedLog();
        var options = Read(json, log, contentRoot);
        configure?.Invoke(options);
        return new(options, urls, preferUrls: false, log);
    }

    public static EndlessServerOptions Read(string json, RecordedLog? log = null, string contentRoot = "/", Action<KestrelServerOptions>? configureKestrel = null)
    {
        var configuration = new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build();
        var options = new EndlessServerOptions();
        var kestrel = new KestrelServerOptions();
        configureKestrel?.Invoke(kestrel);
        new EndlessOptionsSetup(configuration, new TestEnvironment(contentRoot), Microsoft.Extensions.Options.Options.Create(kestrel), log ?? new RecordedLog()).Configure(options);
        return options;
    }

    public void Dispose()
    {
        foreach (var planned in Servers) planned.Server.Close();
    }

    private sealed class TestEnvironment(string contentRoot) : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = "Production";

        public string ApplicationName { get; set; } = "app";

        public string ContentRootPath { get; set; } = contentRoot;

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
