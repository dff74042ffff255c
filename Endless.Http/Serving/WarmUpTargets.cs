using System.Collections.ObjectModel;

namespace Endless.Http.Serving;

/// <summary>Paths that a server asks itself for. Refuses what would be no request.</summary>
internal sealed class WarmUpTargets : Collection<string>
{
    protected override void InsertItem(int index, string item) => base.InsertItem(index, Checked(item));

    protected override void SetItem(int index, string item) => base.SetItem(index, Checked(item));

    private static string Checked(string target)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (!target.StartsWith('/') || target.AsSpan().ContainsAnyExceptInRange('!', '~'))
            throw new ArgumentException($"WarmUp cannot take \"{target}\": a path begins with a slash and holds neither spaces nor what is not ASCII.", nameof(target));
        return target;
    }
}
