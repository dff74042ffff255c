using System.Xml;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace Endless.Http.AspNetCore.Hosting.DataProtection;

/// <summary>Data-protection keys in memory, which the next generation is given. Thread-safe.</summary>
/// <remarks>Two generations make keys at the same time, so that what comes from one is merged with what the other has. A key is never changed, and a revocation is an element of its own.</remarks>
internal sealed class PassedOnKeys : IXmlRepository
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, XElement> _elements = [];

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        lock (_lock) return [.. _elements.Values.Select(static element => new XElement(element))]; // the caller's to change
    }

    public void StoreElement(XElement element, string friendlyName) => Add(element);

    /// <summary>All of them, for the next generation.</summary>
    public byte[] ToBytes()
    {
        lock (_lock)
        {
            using var bytes = new MemoryStream();
            new XElement("keys", _elements.Values).Save(bytes, SaveOptions.DisableFormatting);
            return bytes.ToArray();
        }
    }

    /// <summary>Adds those of the generation before.</summary>
    /// <exception cref="XmlException">They are no XML.</exception>
    public void Merge(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        using var stream = new MemoryStream(bytes.ToArray());
        foreach (var element in XElement.Load(stream).Elements()) Add(element);
    }

    private void Add(XElement element)
    {
        var name = element.Attribute("id") is { } id ? $"{element.Name}/{id.Value}" : element.ToString(SaveOptions.DisableFormatting);
        lock (_lock) _elements[name] = new XElement(element);
    }
}
