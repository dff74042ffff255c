using Endless.Examples.Data;
using Microsoft.Data.Sqlite;

namespace Endless.Examples.Crud;

/// <summary>Articles with pictures, in a file, and one user. Thread-safe. A number that no article has is a <see cref="KeyNotFoundException"/>.</summary>
/// <param name="file">The database; made if it is not there.</param>
/// <param name="changed">Called for each article that was added, replaced or removed.</param>
internal sealed class CrudStore(string file, Action<Article> changed)
{
    private readonly Database _database = new(file, "CREATE TABLE IF NOT EXISTS articles (id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT NOT NULL, text TEXT NOT NULL, picture BLOB)");
    private readonly byte[] _secret = Password.Hash(Environment.GetEnvironmentVariable("CRUD_PASSWORD") ?? "correct horse battery staple");

    /// <returns>The name; null if that is not the user or not the password.</returns>
    public string? LogIn(string? name, string? password) => name == "ada" && password is not null && Password.Is(password, _secret) ? name : null;

    public List<Article> All()
    {
        using var connection = _database.Open();
        return connection.Query(ArticleOf, "SELECT id, title, text FROM articles ORDER BY id LIMIT 1000");
    }

    public Article Get(long id)
    {
        using var connection = _database.Open();
        return One(connection.Query(ArticleOf, "SELECT id, title, text FROM articles WHERE id = $id", ("$id", id)));
    }

    public byte[] GetPicture(long id)
    {
        using var connection = _database.Open();
        return One(connection.Query(row => row.GetFieldValue<byte[]>(0), "SELECT picture FROM articles WHERE id = $id AND picture IS NOT NULL", ("$id", id)));
    }

    public Article Add(Article article)
    {
        using var connection = _database.Open();
        var id = connection.Number("INSERT INTO articles (title, text) VALUES ($title, $text) RETURNING id", ("$title", article.Title), ("$text", article.Text));
        article = article with { Id = id!.Value };
        changed(article);
        return article;
    }

    public void Replace(Article article) => Change(article.Id, "UPDATE articles SET title = $title, text = $text WHERE id = $id RETURNING id, title, text", ("$title", article.Title), ("$text", article.Text));

    public void Remove(long id) => Change(id, "DELETE FROM articles WHERE id = $id RETURNING id, title, text");

    public void SetPicture(long id, Stream picture)
    {
        using var bytes = new MemoryStream();
        picture.CopyTo(bytes);
        Change(id, "UPDATE articles SET picture = $picture WHERE id = $id RETURNING id, title, text", ("$picture", bytes.ToArray()));
    }

    private void Change(long id, string sql, params ReadOnlySpan<(string, object?)> parameters)
    {
        using var connection = _database.Open();
        changed(One(connection.Query(ArticleOf, sql, [.. parameters, ("$id", id)])));
    }

    private static Article ArticleOf(SqliteDataReader row) => new(row.GetString(1), row.GetString(2), row.GetInt64(0));

    private static T One<T>(List<T> rows) => rows is [var row] ? row : throw new KeyNotFoundException("There is no such article.");
}
