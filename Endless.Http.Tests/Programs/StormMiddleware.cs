using System.Globalization;

namespace Endless.Http.Tests.Programs;

/// <summary>What stands before every program of the storm: looks at what a request begins with, which must be its own, and remembers how its handler ends.</summary>
internal sealed class StormMiddleware
{
    private readonly Func<long, Visit?> _find;

    public StormMiddleware(Func<long, Visit?> find, IEnumerable<StormProgram> programs)
    {
        _find = find;
        foreach (var program in programs) Mux.HandleFunc($"/{program.Name}/{{id}}", (w, r) => ServeAsync(program, w, r));
    }

    /// <summary>A route for each program.</summary>
    public ServeMux Mux { get; } = new();

    /// <summary>What the handlers before left in the flow must not be there in this one.</summary>
    public static AsyncLocal<string?> Local { get; } = new();

    private Task ServeAsync(StormProgram program, ResponseWriter w, Request r)
    {
        var id = r.PathValue("id");
        w.Header.Set("X-Id", id);
        var visit = _find(long.Parse(id, CultureInfo.InvariantCulture));
        if (visit is null || visit.Program != program) throw new InvalidOperationException($"No such request, or an answered one: {r.Path}.");
        visit.Called();
        LookAt(visit, r, w);
        Task serving;
        try
        {
            serving = program.Serve(w, r, visit);
        }
        catch (Exception exception)
        {
            visit.Thrown = exception;
            throw;
        }
        if (!serving.IsCompletedSuccessfully) return WatchAsync(visit, serving);
        visit.Returned = true;
        return serving;
    }

    private static async Task WatchAsync(Visit visit, Task serving)
    {
        try
        {
            await serving;
            visit.Returned = true;
        }
        catch (Exception exception)
        {
            visit.Thrown = exception;
            throw;
        }
    }

    private static void LookAt(Visit visit, Request r, ResponseWriter w)
    {
        var id = visit.Id.ToString(CultureInfo.InvariantCulture);
        Same("Method", visit.Method, r.Method);
        Same("Path", visit.Path, r.Path);
        Same("Pattern", visit.Route, r.Pattern);
        Same("Query", id, r.Query["id"]);
        Same("X-Id", id, string.Join('+', r.Header.Values("X-Id")));
        Same("Cookie", "id=" + id, r.Header["Cookie"]);
        Same("Values", "0", r.Values.Count.ToString(CultureInfo.InvariantCulture));
        Same("StatusCode", "0", w.StatusCode.ToString(CultureInfo.InvariantCulture));
        Same("the response's header", "X-Id", string.Join('+', w.Header.Select(field => field.Key)));
        Same("AsyncLocal", null, Local.Value);
        r.Values["id"] = id;

        void Same(string what, string? expected, string? found)
        {
            if (found != expected) visit.Fault($"{what} is \"{found}\" in place of \"{expected}\" when the handler begins");
        }
    }
}
