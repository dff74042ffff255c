using Endless.Http.Connections;

namespace Endless.Http.Loops;

/// <summary>Posted work in which a connection's flow goes on: what it does to the loop is put down to the application code that the connection is in.</summary>
internal interface IConnectionWork
{
    /// <summary>The connection; null if it is none's.</summary>
    Connection? Connection { get; }
}
