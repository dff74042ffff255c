using Microsoft.Data.Sqlite;

namespace Endless.Examples.Data;

/// <summary>
/// A file of SQLite that two generations use at the same time. In WAL mode readers wait for nobody; a writer waits for the other one, of this process or of the other.
/// Its calls block. That needs no care here: the server calls handlers that block on threads of their own.
/// </summary>
internal sealed class Database
{
    private readonly string _connection;

    /// <param name="file">Made if it is not there.</param>
    /// <param name="schema">Statements that change nothing where they were executed before: each generation executes them, while the one before still works with the tables.</param>
    /// <exception cref="IOException">The file cannot be opened, or is none of SQLite's.</exception>
    public Database(string file, string schema)
    {
        _connection = new SqliteConnectionStringBuilder { DataSource = file, ForeignKeys = true }.ToString();
        try
        {
            using var connection = Open();
            connection.Execute("PRAGMA journal_mode = WAL");
            connection.Execute(schema);
        }
        catch (SqliteException e)
        {
            throw new IOException($"{file}: {e.Message}", e);
        }
    }

    /// <summary>A connection out of the pool; dispose of it.</summary>
    public SqliteConnection Open()
    {
        var connection = new SqliteConnection(_connection);
        connection.Open();
        connection.Execute("PRAGMA busy_timeout = 10000");
        return connection;
    }
}
