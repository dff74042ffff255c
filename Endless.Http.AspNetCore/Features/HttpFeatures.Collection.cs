using System.Collections;
using Microsoft.AspNetCore.Http.Features;

namespace Endless.Http.AspNetCore.Features;

// The features by their types. Most are this object itself; what is set takes their places.
internal partial class HttpFeatures : IFeatureCollection
{
    /// <summary>Stands for a feature of the request's own that was set to null.</summary>
    private static readonly object Removed = new();

    private object?[]? _set;
    private Dictionary<Type, object>? _replaced; // features of the request's own
    private Dictionary<Type, object>? _others;

    public bool IsReadOnly => false;

    /// <summary>Another one after each set: what ASP.NET Core keeps of a collection is looked up anew.</summary>
    public int Revision { get; private set; }

    public object? this[Type key]
    {
        get
        {
            if (key is null) return null;
            var place = FeatureSlot.Of(key);
            return place == FeatureSlot.None ? FindOther(key) : At(place);
        }
        set
        {
            ArgumentNullException.ThrowIfNull(key);
            Set(FeatureSlot.Of(key), key, value);
        }
    }

    public TFeature? Get<TFeature>()
    {
        var place = FeatureSlot.For<TFeature>.Place;
        return (TFeature?)(place == FeatureSlot.None ? FindOther(typeof(TFeature)) : At(place));
    }

    public void Set<TFeature>(TFeature? instance) => Set(FeatureSlot.For<TFeature>.Place, typeof(TFeature), instance);

    public IEnumerator<KeyValuePair<Type, object>> GetEnumerator()
    {
        for (var place = 0; place < FeatureSlot.Count; place++)
            if (At(place) is { } feature) yield return new(FeatureSlot.TypeOf(place), feature);
        if (_others is null) yield break;
        foreach (var feature in _others)
            yield return feature;
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private object? At(int place)
    {
        if (place < FeatureSlot.SetCount) return _set?[place];
        if (_replaced is not null && _replaced.TryGetValue(FeatureSlot.TypeOf(place), out var feature)) return feature == Removed ? null : feature;
        return FeatureSlot.IsOwn(place, _isHttp2) ? this : null;
    }

    private object? FindOther(Type type)
    {
        if (_others is not null && _others.TryGetValue(type, out var feature)) return feature;
        return _connection.Find(type);
    }

    private void Set(int place, Type type, object? feature)
    {
        Revision++;
        if (place >= FeatureSlot.SetCount) (_replaced ??= [])[type] = feature ?? Removed;
        else if (place != FeatureSlot.None) (_set ??= new object?[FeatureSlot.SetCount])[place] = feature;
        else if (feature is not null) (_others ??= [])[type] = feature;
        else _others?.Remove(type); // the connection's shows again
    }
}
