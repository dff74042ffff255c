using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Endless.Http;

namespace Endless.Examples;

/// <summary>
/// Routes with wildcards over a store in memory that outlives restarts. Each generation leaves it to the next as it stands when that one is started, when that one is given the connections, and
/// when the last request has been answered. In between both write; of a note that both have written the later one counts.
/// </summary>
internal static partial class Notes
{
    private const int MaxNoteBytes = 4 * 1024;

    public static void Run(string[] args)
    {
        var notes = new ConcurrentDictionary<string, Note>();
        Take(EndlessProcess.StateFromPrevious);
        EndlessProcess.StateFromPreviousArrived += (_, state) => Take(state);
        EndlessProcess.StateToNext = () => JsonSerializer.SerializeToUtf8Bytes(notes, Json.Default.ConcurrentDictionaryStringNote);

        var mux = new ServeMux();
        mux.HandleFunc("GET /notes/{name}", (w, r) =>
        {
            if (!notes.TryGetValue(r.PathValue("name"), out var note)) w.WriteHeader(404);
            else w.Write(note.Text);
        });
        mux.HandleFunc("PUT /notes/{name}", async (w, r) =>
        {
            r.MaxBodyBytes = MaxNoteBytes;
            notes[r.PathValue("name")] = new Note(Encoding.UTF8.GetString(await r.ReadBodyAsync()), DateTime.UtcNow);
            w.WriteHeader(204);
        });
        mux.HandleFunc("GET /{$}", (w, _) => w.Write(string.Concat(notes.Keys.Order(StringComparer.Ordinal).Select(name => $"/notes/{name}\n"))));

        var server = EndlessServer.NewServer(args is [var addr, ..] ? addr : ":8080", mux);
        server.BeforeBegin = Announce.Listening;
        server.ListenAndServe();

        void Take(ReadOnlyMemory<byte> state)
        {
            if (state.IsEmpty) return;
            foreach (var (name, note) in JsonSerializer.Deserialize(state.Span, Json.Default.ConcurrentDictionaryStringNote)!)
                notes.AddOrUpdate(name, note, (_, own) => own.Written > note.Written ? own : note);
        }
    }

    private sealed record Note(string Text, DateTime Written);

    [JsonSerializable(typeof(ConcurrentDictionary<string, Note>))]
    private sealed partial class Json : JsonSerializerContext;
}
