using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Endless.Http.Benchmarks.Applications;

/// <summary>A minimal API: text, JSON in and out, and a response in pieces.</summary>
internal static partial class MinimalPart
{
    private static readonly byte[] Piece = Enumerable.Repeat((byte)'x', 1024).ToArray();

    public static ApplicationPart Part { get; } = new(
        static builder => builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, ApplicationJson.Default)),
        static app =>
        {
            app.MapGet("/plaintext", () => "Hello, World!");
            app.MapPost("/orders", (Order order) => order with { Total = order.Lines.Sum(line => line.Quantity * line.Price) });
            app.MapGet("/pieces", PiecesAsync);
        });

    /// <summary>Sixteen pieces, each flushed: as Razor, MVC's formatters and <see cref="IAsyncEnumerable{T}"/> write.</summary>
    private static async Task PiecesAsync(HttpContext context)
    {
        context.Response.ContentType = "text/plain";
        for (var i = 0; i < 16; i++) await context.Response.Body.WriteAsync(Piece);
    }

    internal sealed record Order(int Id, string Customer, OrderLine[] Lines, decimal Total);

    internal sealed record OrderLine(string Article, int Quantity, decimal Price);

    [JsonSerializable(typeof(Order))]
    [JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
    private sealed partial class ApplicationJson : JsonSerializerContext;
}
