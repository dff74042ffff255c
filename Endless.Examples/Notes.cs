using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Endless.Http;

namespace Endless.Examples;

/// <summary>Routes with wildcards over a store in memory that outlives restarts: each generation leaves it to the next, as it stands when that one is started.</summary>
internal static partial class Notes
{
    private const int MaxNoteBytes = 4 * 1024;

    public static void Run(string[] args)
    {
        var left = EndlessServer.StateFromPrevious;
        var notes = left.IsEmpty ? [] : JsonSerializer.Deserialize(left.Span, Json.Default.ConcurrentDictionaryStringString)!;
        EndlessServer.StateToNext = () => JsonSerializer.SerializeToUtf8Bytes(notes, Json.Default.ConcurrentDictionaryStringString);

        var mux = new ServeMux();
        mux.HandleFunc("GET /notes/{name}", (w, r) =>
        {
            if (!notes.TryGetValue(r.PathValue("name"), out var note)) w.WriteHeader(404);
            else w.Write(note);
        });
        mux.HandleFunc("PUT /notes/{name}", async (w, r) =>
        {
            r.MaxBodyBytes = MaxNoteBytes;
            notes[r.PathValue("name")] = Encoding.UTF8.GetString(await r.ReadBodyAsync());
            w.WriteHeader(204);
        });
        mux.HandleFunc("GET /{$}", (w, _) => w.Write(string.Concat(notes.Keys.Order(StringComparer.Ordinal).Select(name => $"/notes/{name}\n"))));

        var server = EndlessServer.NewServer(args is [var addr, ..] ? addr : ":8080", mux);
        server.BeforeBegin = Announce.Listening;
        server.ListenAndServe();
    }

    [JsonSerializable(typeof(ConcurrentDictionary<string, string>))]
    private sealed partial class Json : JsonSerializerContext;
}
