using Dapper;
using Microsoft.Data.Sqlite;

namespace Endless.Examples.AspNetCore;

/// <summary>The file that everything is in. Two generations write to it for the seconds of a restart. Thread-safe.</summary>
internal sealed class Database
{
    private readonly string _connectionString;

    public Database(IConfiguration configuration)
    {
        _connectionString = configuration.GetConnectionString("Todos") ?? throw new InvalidOperationException("The setting ConnectionStrings:Todos is missing: say where the database is, as in \"Data Source=todos.db\".");
        using var connection = Open();
        // Write-ahead log: who reads does not wait for who writes.
        connection.Execute("""
            PRAGMA journal_mode = WAL;
            CREATE TABLE IF NOT EXISTS accounts (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, password TEXT NOT NULL);
            CREATE TABLE IF NOT EXISTS todos (id INTEGER PRIMARY KEY AUTOINCREMENT, account INTEGER NOT NULL REFERENCES accounts, text TEXT NOT NULL, done INTEGER NOT NULL DEFAULT 0);
            CREATE INDEX IF NOT EXISTS todos_by_account ON todos (account);
            """);
    }

    /// <summary>A connection, from the pool. Waits for a writer of either generation 30 s at most.</summary>
    public SqliteConnection Open()
    {
        var connection = new SqliteConnection(_connectionString);
        connection.Open();
        return connection;
    }
}
