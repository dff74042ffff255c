using System.Collections.Frozen;

namespace Endless.Http.Files;

/// <summary>Media types by the extension of a file's name. Text is UTF-8, as Go's <c>mime</c> has it.</summary>
internal static class ContentTypeTable
{
    // Built when the first file is served; of a program that serves none never.
    private static readonly FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> Types = Build();

    /// <summary>The type of a name; null where its extension is none that is known.</summary>
    /// <param name="path">A name, with or without directories before it.</param>
    /// <param name="additions">Asked first; their keys begin with the dot, and compare without case.</param>
    public static string? Find(ReadOnlySpan<char> path, Dictionary<string, string>? additions = null)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        var dot = name.LastIndexOf('.');
        if (dot < 0) return null;
        var extension = name[dot..];
        if (additions is { Count: > 0 } && additions.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(extension, out var added)) return added;
        return Types.TryGetValue(extension, out var type) ? type : null;
    }

    private static FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> Build()
    {
        var types = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        // A type with its extensions, a line each.
        foreach (var line in Table.AsSpan().EnumerateLines())
        {
            var parts = line.IndexOf(':');
            if (parts < 0) continue;
            var type = line[..parts].ToString();
            var rest = line[(parts + 1)..];
            foreach (var part in rest.Split(' '))
                if (!rest[part].IsEmpty) types.Add("." + rest[part].ToString(), type);
        }
        return types.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();
    }

    private const string Table = """
        text/html; charset=utf-8: html htm xhtm
        text/css; charset=utf-8: css
        text/javascript; charset=utf-8: js mjs cjs
        text/plain; charset=utf-8: txt text log ini conf
        text/csv; charset=utf-8: csv
        text/tab-separated-values; charset=utf-8: tsv
        text/markdown; charset=utf-8: md markdown
        text/calendar; charset=utf-8: ics
        text/vcard; charset=utf-8: vcf
        text/vtt; charset=utf-8: vtt
        text/xml; charset=utf-8: xml xsl
        text/yaml; charset=utf-8: yaml yml
        application/json: json map
        application/ld+json: jsonld
        application/geo+json: geojson
        application/manifest+json: webmanifest
        application/atom+xml: atom
        application/rss+xml: rss
        application/xhtml+xml: xhtml
        application/pdf: pdf
        application/rtf: rtf
        application/postscript: ps eps
        application/wasm: wasm
        application/sql: sql
        application/toml: toml
        application/gzip: gz tgz
        application/zip: zip
        application/zstd: zst
        application/x-bzip2: bz2
        application/x-xz: xz
        application/x-7z-compressed: 7z
        application/x-tar: tar
        application/vnd.rar: rar
        application/java-archive: jar
        application/epub+zip: epub
        application/x-iso9660-image: iso
        application/vnd.debian.binary-package: deb
        application/x-rpm: rpm
        application/vnd.android.package-archive: apk
        application/msword: doc
        application/vnd.ms-excel: xls
        application/vnd.ms-powerpoint: ppt
        application/vnd.openxmlformats-officedocument.wordprocessingml.document: docx
        application/vnd.openxmlformats-officedocument.spreadsheetml.sheet: xlsx
        application/vnd.openxmlformats-officedocument.presentationml.presentation: pptx
        application/vnd.oasis.opendocument.text: odt
        application/vnd.oasis.opendocument.spreadsheet: ods
        application/vnd.oasis.opendocument.presentation: odp
        application/vnd.ms-fontobject: eot
        application/vnd.apple.mpegurl: m3u8
        application/dash+xml: mpd
        application/octet-stream: bin exe dll so dmg img msi dat
        font/woff: woff
        font/woff2: woff2
        font/ttf: ttf
        font/otf: otf
        image/png: png
        image/apng: apng
        image/jpeg: jpg jpeg jpe
        image/gif: gif
        image/webp: webp
        image/avif: avif
        image/heic: heic
        image/jxl: jxl
        image/svg+xml: svg
        image/bmp: bmp
        image/tiff: tif tiff
        image/x-icon: ico
        audio/mpeg: mp3
        audio/mp4: m4a
        audio/aac: aac
        audio/flac: flac
        audio/ogg: oga ogg opus
        audio/wav: wav
        audio/webm: weba
        audio/midi: mid midi
        video/mp4: mp4 m4v
        video/webm: webm
        video/ogg: ogv
        video/quicktime: mov
        video/x-msvideo: avi
        video/x-matroska: mkv
        video/mpeg: mpeg mpg
        video/mp2t: ts
        model/gltf+json: gltf
        model/gltf-binary: glb
        """;
}
