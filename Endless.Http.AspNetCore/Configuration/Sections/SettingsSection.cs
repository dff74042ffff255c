using Microsoft.Extensions.Configuration;

namespace Endless.Http.AspNetCore.Configuration;

/// <summary>A section of the configuration in its layers, the strongest first: what is in <c>Endless</c> wins over the same in <c>Kestrel</c>. Knows which keys nobody asked for.</summary>
internal sealed class SettingsSection
{
    private readonly IConfigurationSection[] _layers;
    private readonly HashSet<string> _known;

    /// <summary>The layers at their roots.</summary>
    public SettingsSection(params IConfigurationSection[] layers) : this(layers, new HashSet<string>(StringComparer.OrdinalIgnoreCase))
    {
    }

    private SettingsSection(IConfigurationSection[] layers, HashSet<string> known)
    {
        _layers = layers;
        _known = known;
    }

    /// <summary>Where it is, in the strongest layer that has it.</summary>
    public string Path => (Array.Find(_layers, static layer => layer.Exists()) ?? _layers[0]).Path;

    /// <summary>Some layer has it.</summary>
    public bool Exists => Array.Exists(_layers, static layer => layer.Exists());

    /// <summary>Names of what is in it, each once.</summary>
    public IEnumerable<string> Keys => _layers.SelectMany(static layer => layer.GetChildren()).Select(static child => child.Key).Distinct(StringComparer.OrdinalIgnoreCase);

    /// <summary>A section in this one.</summary>
    public SettingsSection Section(string key) => new(Array.ConvertAll(_layers, layer => layer.GetSection(key)), _known);

    /// <summary>One of the layers, alone: settings that the others do not have.</summary>
    public SettingsSection Only(int layer) => new([_layers[layer]], _known);

    /// <summary>The strongest layer that has anything of it, alone.</summary>
    /// <param name="overridden">Paths of the others that have something, which is known now and counts for nothing.</param>
    public SettingsSection Strongest(out IReadOnlyList<string> overridden)
    {
        var present = Array.FindAll(_layers, static layer => layer.Exists());
        overridden = [.. present.Skip(1).Select(static layer => layer.Path)];
        foreach (var layer in present.Skip(1)) _known.UnionWith(Leaves(layer).Select(static leaf => leaf.Path));
        return present.Length == 0 ? this : new SettingsSection([present[0]], _known);
    }

    /// <summary>The value of a key; null if no layer has it. JSON's null is one, without text.</summary>
    public Setting? Find(string key)
    {
        Setting? found = null;
        foreach (var layer in _layers)
        {
            var child = layer.GetChildren().FirstOrDefault(child => child.Key.Equals(key, StringComparison.OrdinalIgnoreCase));
            if (child is null || child.GetChildren().Any()) continue;
            _known.Add(child.Path);
            found ??= new Setting(child.Path, child.Value);
        }
        return found;
    }

    /// <summary>The values of a list, <c>["Tls12", "Tls13"]</c>; empty if no layer has it.</summary>
    public IReadOnlyList<Setting> FindList(string key) => Find(key) is { } one ? [one] : [.. Section(key).Strongest(out _).Items()];

    /// <summary>Reads a value, if there is one.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="form">How it is written.</param>
    /// <param name="set">Takes it.</param>
    /// <exception cref="InvalidOperationException">It is not written so, or is refused; the message names the key and the value.</exception>
    public void Read<T>(string key, SettingForm<T> form, Action<T> set)
    {
        if (Find(key) is { } setting) setting.Read(form, set);
    }

    /// <summary>Paths of the values that nobody asked for.</summary>
    public IEnumerable<string> Unknown() => _layers.SelectMany(Leaves).Select(static leaf => leaf.Path).Where(path => !_known.Contains(path));

    private IEnumerable<Setting> Items() => [.. Keys.Select(Find).OfType<Setting>()];

    private static IEnumerable<IConfigurationSection> Leaves(IConfigurationSection section)
    {
        foreach (var child in section.GetChildren())
        {
            if (!child.GetChildren().Any()) yield return child;
            else foreach (var leaf in Leaves(child)) yield return leaf;
        }
    }
}
