using System.Text.Json;
using System.Text.Json.Serialization;

namespace Endless.Examples.Crud;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(List<Article>))]
internal sealed partial class CrudJson : JsonSerializerContext;
