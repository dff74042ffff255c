namespace Endless.Http.AspNetCore.Tests.Peers;

internal enum ServerKind
{
    Kestrel,
    Endless,
}
