using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace Endless.Http.AspNetCore.Hosting.DataProtection;

/// <summary>Leaves keys as they are, which stay in memory. ASP.NET Core's own that does so warns of keys in the clear at each.</summary>
internal sealed class NoEncryption : IXmlEncryptor
{
    public EncryptedXmlInfo Encrypt(XElement plaintextElement) => new(new XElement("unencryptedKey", new XElement(plaintextElement)), typeof(NullXmlDecryptor));
}
