using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.FileProviders;

namespace Endless.Http.Benchmarks.Applications;

/// <summary>The static files of <see cref="BenchFiles"/>, at <c>/files</c>.</summary>
internal static class FilePart
{
    public static ApplicationPart Part { get; } = new(
        static _ => { },
        static app => app.UseStaticFiles(new StaticFileOptions { RequestPath = "/files", FileProvider = new PhysicalFileProvider(BenchFiles.Directory), ServeUnknownFileTypes = true }));
}
