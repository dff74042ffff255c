using Endless.Examples.Data;
using Microsoft.Data.Sqlite;

namespace Endless.Examples.Todo;

/// <summary>Users and their todos. What it says has been done is on the disk. Thread-safe.</summary>
internal sealed class TodoStore : IDisposable
{
    /// <summary>Todos of one user.</summary>
    public const int MaxTodos = 1000;

    private readonly Database _database;
    private readonly Lock _writing = new();
    private readonly SqliteConnection _writer; // the only one that writes in this process: so its data_version changes with what other processes write

    /// <inheritdoc cref="Database(string, string)"/>
    public TodoStore(string file)
    {
        _database = new Database(file, """
            CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, password BLOB NOT NULL);
            CREATE TABLE IF NOT EXISTS todos (id INTEGER PRIMARY KEY AUTOINCREMENT, user INTEGER NOT NULL REFERENCES users, text TEXT NOT NULL, done INTEGER NOT NULL DEFAULT 0);
            CREATE INDEX IF NOT EXISTS todos_by_user ON todos (user);
            """);
        _writer = _database.Open();
    }

    /// <summary>The user of that name, which the first login makes; null if the password is another one.</summary>
    public long? LogIn(string name, string password)
    {
        if (Find(name) is not { } found)
        {
            var kept = Password.Hash(password);
            // Another login of that name may have been quicker, in either generation.
            if (Write(connection => connection.Number("INSERT INTO users (name, password) VALUES ($name, $password) ON CONFLICT DO NOTHING RETURNING id", ("$name", name), ("$password", kept))) is { } id) return id;
            found = Find(name)!.Value;
        }
        return Password.Is(password, found.Password) ? found.Id : null;
    }

    public List<TodoItem> Todos(long user)
    {
        using var connection = _database.Open();
        return connection.Query(row => new TodoItem(row.GetInt64(0), row.GetString(1), row.GetBoolean(2)), "SELECT id, text, done FROM todos WHERE user = $user ORDER BY id", ("$user", user));
    }

    /// <summary>The new todo's number; null if the user has as many as there may be.</summary>
    public long? Add(long user, string text) => Write(connection => connection.Number(
        "INSERT INTO todos (user, text) SELECT $user, $text WHERE (SELECT count(*) FROM todos WHERE user = $user) < $most RETURNING id", ("$user", user), ("$text", text), ("$most", MaxTodos)));

    /// <summary>False if the user has no such todo.</summary>
    public bool Change(long user, long id, TodoChange change) => Write(connection => connection.Execute(
        "UPDATE todos SET text = ifnull($text, text), done = ifnull($done, done) WHERE user = $user AND id = $id", ("$user", user), ("$id", id), ("$text", change.Text), ("$done", change.Done))) > 0;

    /// <summary>False if the user has no such todo.</summary>
    public bool Remove(long user, long id) => Write(connection => connection.Execute("DELETE FROM todos WHERE user = $user AND id = $id", ("$user", user), ("$id", id))) > 0;

    /// <summary>A number that is another one once another process, the generation before or after this one, has changed something.</summary>
    public long OthersVersion() => Write(connection => connection.Number("PRAGMA data_version")) ?? 0;

    /// <summary>The last process to close the file leaves it in one piece, without the log beside it.</summary>
    public void Dispose()
    {
        _writer.Dispose();
        SqliteConnection.ClearAllPools();
    }

    private (long Id, byte[] Password)? Find(string name)
    {
        using var connection = _database.Open();
        return connection.Query(row => (row.GetInt64(0), row.GetFieldValue<byte[]>(1)), "SELECT id, password FROM users WHERE name = $name", ("$name", name)) is [var user] ? user : null;
    }

    private T Write<T>(Func<SqliteConnection, T> write)
    {
        lock (_writing) return write(_writer);
    }
}
