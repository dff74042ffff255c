using Dapper;

namespace Endless.Examples.AspNetCore.Todos;

/// <summary>The todos of all accounts. What it says has been done is on the disk. Thread-safe.</summary>
internal sealed class TodoStore(Database database)
{
    public IEnumerable<Todo> List(long account)
    {
        using var connection = database.Open();
        return connection.Query<Todo>("SELECT id, text, done FROM todos WHERE account = @account ORDER BY id", new { account });
    }

    public Todo Add(long account, string text)
    {
        using var connection = database.Open();
        return connection.QuerySingle<Todo>("INSERT INTO todos (account, text) VALUES (@account, @text) RETURNING id, text, done", new { account, text });
    }

    /// <summary>False if the account has no such todo.</summary>
    public bool Change(long account, long id, TodoChange change)
    {
        using var connection = database.Open();
        return connection.Execute("UPDATE todos SET text = ifnull(@Text, text), done = ifnull(@Done, done) WHERE account = @account AND id = @id", new { account, id, change.Text, change.Done }) > 0;
    }

    /// <summary>False if the account has no such todo.</summary>
    public bool Remove(long account, long id)
    {
        using var connection = database.Open();
        return connection.Execute("DELETE FROM todos WHERE account = @account AND id = @id", new { account, id }) > 0;
    }
}
