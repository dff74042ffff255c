using System.Net;
using Endless.Http.Load;

namespace Endless.Http.Tests.Attack.Targets;

/// <summary>A server that can be attacked. It prints where it listens, as <see cref="ServerProcess"/> expects it.</summary>
internal abstract class Target
{
    /// <summary>As the table calls it.</summary>
    public abstract string Name { get; }

    /// <summary>HTTP/2 by prior knowledge has an address of its own, the second.</summary>
    protected virtual bool HasTwoAddresses => false;

    /// <summary>Its routes, as far as a server of its kind has them.</summary>
    protected abstract IReadOnlyList<string> Paths { get; }

    /// <summary>Why it cannot be attacked so, or at all: null if it can.</summary>
    public virtual string? Lacks(AttackPlan plan)
    {
        var path = plan.Path.Split('?')[0];
        return path.Length == 0 || Paths.Contains(path) ? null : $"has no {path}";
    }

    public async Task<ServerProcess> StartAsync(TargetLimits.Confinement confinement) => await confinement.StartAsync(await CommandAsync(), HasTwoAddresses ? 2 : 1);

    /// <summary>Where its clients of HTTP/2 go.</summary>
    public EndPoint Http2EndPointOf(ServerProcess process) => ServerProcess.EndPointOf(process.Addresses[^1]);

    /// <summary>The program and its arguments.</summary>
    protected abstract Task<IReadOnlyList<string>> CommandAsync();
}
