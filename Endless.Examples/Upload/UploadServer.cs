using System.Net;
using System.Text;
using Endless.Http;

namespace Endless.Examples.Upload;

/// <summary>
/// Takes files of any size from a form, piece by piece as they come, and lists them. Restart it while one is on its way: the old generation takes it to its end.
/// </summary>
internal static class UploadServer
{
    private const int Listed = 1000;

    public static void Run(string[] args)
    {
        var store = new UploadStore(args is [_, var directory, ..] ? directory : "uploads");
        var files = new PhysicalFiles(store.Directory);

        var mux = new ServeMux();
        mux.Use(Middleware.SecurityHeaders(), Middleware.CrossOriginProtection());
        mux.Group("/upload", Middleware.ConcurrencyLimit(new() { Permits = 32 })).Post("", async (w, r) =>
        {
            r.MaxBodyBytes = UploadStore.MaxBytes; // more is a 413
            await foreach (var part in r.ReadMultipartAsync(new FormOptions { MaxFields = 20 }))
                if (part.FileName is { } name) await store.SaveAsync(name, part.BodyStream, r.Cancellation);
            w.Redirect(r, "/files", 303);
        });
        mux.Get("/files", (w, r) => w.Html(List(store)));
        mux.Get("/files/{name}", (w, r) =>
        {
            w.Attachment(UploadStore.OriginalName(r.PathValue("name"))); // never shown: what somebody has uploaded may be a page with scripts, and would run as this site's
            return w.ServeFileAsync(r, files, "/" + r.PathValue("name"));
        });
        mux.Handle("/", new FileServer(new EmbeddedFiles(typeof(UploadServer).Assembly, "Upload/wwwroot")) { CacheControl = _ => "no-cache" });

        var server = EndlessServer.NewServer(args is [var addr, ..] ? addr : ":8080", mux);
        server.BeforeBegin = Announce.Listening;
        server.ListenAndServe();
    }

    private static string List(UploadStore store)
    {
        var page = new StringBuilder("<!doctype html>\n<meta charset=\"utf-8\">\n<title>Files</title>\n<h1>Files</h1>\n<ul>\n");
        foreach (var file in store.Files().Take(Listed))
            page.Append($"<li><a href=\"/files/{file.Name}\">{WebUtility.HtmlEncode(UploadStore.OriginalName(file.Name))}</a>, {file.Length} bytes\n");
        return page.Append("</ul>\n<p><a href=\"/\">Upload more</a>\n").ToString();
    }
}
