using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Endless.Http.Benchmarks.Applications;

/// <summary>A row of PostgreSQL by its number, as JSON: one query for each request.</summary>
internal static class DatabasePart
{
    public static ApplicationPart Part { get; } = new(
        static builder => builder.Services.AddSingleton(static _ => NpgsqlDataSource.Create(PostgresDatabase.ConnectionString)),
        static app => app.MapGet("/world", QueryAsync));

    private static async Task<World> QueryAsync(NpgsqlDataSource database)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var command = new NpgsqlCommand("SELECT id, randomnumber FROM world WHERE id = $1", connection) { Parameters = { new NpgsqlParameter<int> { TypedValue = Random.Shared.Next(1, PostgresDatabase.Rows + 1) } } };
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return new World(reader.GetInt32(0), reader.GetInt32(1));
    }

    internal sealed record World(int Id, int RandomNumber);
}
