using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Endless.Http.Handlers.Tests.Routing;
using Endless.Http.Tests.Processes;
using Xunit.Abstractions;

namespace Endless.Http.Handlers.Tests.OpenApi;

public sealed partial class OpenApiTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_route_is_described_as_it_was_told()
    {
        var json = await DocumentAsync(Shop());
        Assert.Equal("3.1.0", (string?)json["openapi"]);
        Assert.Equal(("Shop", "2.0", "What it sells"), ((string?)json["info"]!["title"], (string?)json["info"]!["version"], (string?)json["info"]!["description"]));
        Assert.Equal("https://shop.example", (string?)json["servers"]![0]!["url"]);
        Assert.Equal(["/api/orders", "/api/orders/{id}", "/files/{path}", "/plain/"], json["paths"]!.AsObject().Select(path => path.Key));

        var one = json["paths"]!["/api/orders/{id}"]!["get"]!;
        Assert.Equal(("order", "One order", "By its *number*"), ((string?)one["operationId"], (string?)one["summary"], (string?)one["description"]));
        Assert.Equal(["shop", "orders"], one["tags"]!.AsArray().Select(tag => (string?)tag));
        Assert.Equal("""[{"name":"id","in":"path","required":true,"schema":{"type":"integer","format":"int32"}},{"name":"full","in":"query","description":"Everything","schema":{"type":"boolean"}}]""", one["parameters"]!.ToJsonString());
        Assert.Equal("#/components/schemas/Order", (string?)one["responses"]!["200"]!["content"]!["application/json"]!["schema"]!["$ref"]);
        Assert.Equal("no such order", (string?)one["responses"]!["404"]!["description"]);
        Assert.Null(one["responses"]!["404"]!["content"]);

        var post = json["paths"]!["/api/orders"]!["post"]!;
        Assert.Equal("#/components/schemas/Order", (string?)post["requestBody"]!["content"]!["application/json"]!["schema"]!["$ref"]);
        Assert.Equal("#/components/schemas/ListOfOrder", (string?)post["responses"]!["201"]!["content"]!["application/json"]!["schema"]!["$ref"]);
        Assert.Equal("string", (string?)json["paths"]!["/files/{path}"]!["get"]!["parameters"]![0]!["schema"]!["type"]);
        Assert.Equal("//b.example", (string?)json["paths"]!["/plain/"]!["get"]!["servers"]![0]!["url"]);

        var order = json["components"]!["schemas"]!["Order"]!;
        Assert.Equal(["id", "lines", "parent"], order["properties"]!.AsObject().Select(property => property.Key));
        Assert.Equal("integer", (string?)order["properties"]!["id"]!["type"]);
    }

    [Fact]
    public async Task Every_reference_leads_to_something_and_the_structure_is_that_of_3_1() => OpenApiStructure.Assert(await DocumentAsync(Shop()));

    [Fact]
    public async Task Routes_of_one_shape_are_one_path_whatever_they_call_its_wildcards()
    {
        var mux = new ServeMux();
        mux.Get("/a/{id}/{x...}", RouterTests.Tell);
        mux.Put("/a/{name}/{y}", RouterTests.Tell).PathParameter<Guid>("name");
        var json = await DocumentAsync(mux);
        OpenApiStructure.Assert(json);
        var path = Assert.Single(json["paths"]!.AsObject());
        Assert.Equal("/a/{id}/{x}", path.Key);
        Assert.Equal("uuid", (string?)path.Value!["put"]!["parameters"]![0]!["schema"]!["format"]);
        Assert.Equal("id", (string?)path.Value!["put"]!["parameters"]![0]!["name"]);
    }

    [Fact]
    public async Task What_OpenAPI_cannot_say_is_left_out()
    {
        var mux = new ServeMux();
        mux.HandleFunc("/any", RouterTests.Tell);
        mux.HandleFunc("PURGE /purge", RouterTests.Tell);
        mux.Get("/hidden", RouterTests.Tell).Hide();
        Assert.Equal("{}", (await DocumentAsync(mux))["paths"]!.ToJsonString());
    }

    [Fact]
    public async Task It_is_made_again_when_a_route_is_added_or_described()
    {
        var mux = new ServeMux();
        var route = mux.Get("/a", RouterTests.Tell);
        mux.Get("/openapi.json", Http.OpenApi.Handler(mux));
        Assert.Single(await PathsAsync());
        mux.Get("/b", RouterTests.Tell);
        Assert.Equal(2, (await PathsAsync()).Count);
        route.Summary("the first");
        Assert.Equal("the first", (string?)(await PathsAsync())["/a"]!["get"]!["summary"]);

        async Task<JsonObject> PathsAsync() => JsonNode.Parse((await RouterTests.AskAsync(mux, "GET", "/openapi.json")).Body)!["paths"]!.AsObject();
    }

    [Fact]
    public async Task Mistakes_in_a_description_say_what_is_wrong()
    {
        await FailsAsync(mux => { mux.Get("/a", RouterTests.Tell).WithName("x"); mux.Get("/b", RouterTests.Tell).WithName("x"); }, "named x");
        await FailsAsync(mux => mux.Get("/a/{id}", RouterTests.Tell).PathParameter<int>("it"), "no wildcard named it");
        await FailsAsync(mux => mux.Get("/a", RouterTests.Tell).Returns<Uri>(), "JsonSerializerContext");
        Assert.Throws<ArgumentOutOfRangeException>("statusCode", () => new ServeMux().Get("/", RouterTests.Tell).Returns(100));

        static async Task FailsAsync(Action<ServeMux> register, string message)
        {
            var mux = new ServeMux();
            register(mux);
            var error = await Assert.ThrowsAsync<InvalidOperationException>(() => DocumentAsync(mux));
            Assert.Contains(message, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Without_options_types_are_looked_up_by_reflection()
    {
        var mux = new ServeMux();
        mux.Get("/a", RouterTests.Tell).Returns<Order>();
        mux.Get("/openapi.json", Http.OpenApi.Handler(mux));
        var json = JsonNode.Parse((await RouterTests.AskAsync(mux, "GET", "/openapi.json")).Body)!;
        OpenApiStructure.Assert(json);
        Assert.Equal("integer", (string?)json["components"]!["schemas"]!["Order"]!["properties"]!["id"]!["type"]);
    }

    /// <summary>A validator of others, if npm can have it.</summary>
    [FactWithTools("node", "npm")]
    public async Task A_validator_of_others_finds_nothing_wrong()
    {
        using var directory = new TempDirectory();
        var (code, printed) = (-1, "");
        try
        {
            (code, printed) = await Tool.TryRunAsync("npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", directory.Path, "@seriousme/openapi-schema-validator@2");
        }
        catch (TimeoutException)
        {
            printed = "it took too long";
        }
        if (code != 0)
        {
            output.WriteLine($"not validated: npm could not install the validator: {printed}");
            return;
        }
        var document = Path.Combine(directory.Path, "openapi.json");
        await File.WriteAllTextAsync(document, (await DocumentAsync(Shop())).ToJsonString());
        var script = Path.Combine(directory.Path, "validate.mjs");
        await File.WriteAllTextAsync(script, """
            import { Validator } from '@seriousme/openapi-schema-validator';
            const result = await new Validator().validate(process.argv[2]);
            if (!result.valid) { console.error(JSON.stringify(result.errors)); process.exit(1); }
            """);
        await Tool.RunAsync("node", script, document);
    }

    private static async Task<JsonNode> DocumentAsync(ServeMux mux)
    {
        var options = new OpenApiOptions { Title = "Shop", Version = "2.0", Description = "What it sells", Servers = ["https://shop.example"], SerializerOptions = ShopJson.Default.Options };
        var w = await RouterTests.AskAsync(Http.OpenApi.Handler(mux, options), "GET", "/openapi.json");
        Assert.Equal((200, "application/json"), (w.StatusCode, w.SentHeader["Content-Type"]));
        return JsonNode.Parse(w.Body)!;
    }

    private static ServeMux Shop()
    {
        var mux = new ServeMux();
        var api = mux.Group("/api").Tags("shop");
        api.Get("/orders", RouterTests.Tell).Tags("orders").QueryParameter<int>("page").Returns(ShopJson.Default.ListOrder);
        api.Post("/orders", RouterTests.Tell).Accepts<Order>().Returns<List<Order>>(201).Returns(409);
        api.Get("/orders/{id}", RouterTests.Tell).WithName("order").Summary("One order", "By its *number*").Tags("orders", "shop").PathParameter<int>("id").QueryParameter<bool>("full", "Everything")
            .Returns<Order>().Returns(404, "no such order");
        mux.Get("/files/{path...}", RouterTests.Tell).Returns<string>(contentType: "text/plain");
        mux.Get("b.example/plain/{$}", RouterTests.Tell);
        return mux;
    }

    internal sealed record Order(int Id, List<Line> Lines, Order? Parent);

    internal sealed record Line(string Name, decimal Price, DateOnly? Until);

    [JsonSourceGenerationOptions(JsonSerializerDefaults.Web, NumberHandling = JsonNumberHandling.Strict)]
    [JsonSerializable(typeof(Order))]
    [JsonSerializable(typeof(List<Order>))]
    [JsonSerializable(typeof(string))]
    internal sealed partial class ShopJson : JsonSerializerContext;
}
