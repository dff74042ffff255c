using System.Runtime.CompilerServices;
using Endless.Http.Forms;
using Endless.Http.Loops;
using Endless.Http.Semantics;

namespace Endless.Http;

/// <summary>Forms in the bodies of requests.</summary>
public static class FormExtensions
{
    private const string UrlEncoded = "application/x-www-form-urlencoded";
    private const string FormData = "multipart/form-data";

    /// <summary>
    /// Reads the body as a form, <c>application/x-www-form-urlencoded</c> or <c>multipart/form-data</c>, into memory and, where files are large, a temporary file that is gone with the request. Of a request other than
    /// POST, PUT and PATCH, and of one without a body, the form is empty. Whoever asks again, middleware and handler, has the same form. Go's <c>ParseForm</c> and <c>ParseMultipartForm</c>.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="options">What the form may be; null for the defaults. Those of the first call hold.</param>
    /// <param name="cancellationToken">Ends the wait for the body; of the first call.</param>
    /// <exception cref="HttpErrorException">The body is no form (415), is malformed (400) or beyond a limit (413). A handler need not catch it: it is answered so.</exception>
    /// <exception cref="RequestBodyException">The body could not be read to its end.</exception>
    public static Task<Form> ReadFormAsync(this Request request, FormOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var body = request.Body;
        if (request.Kept<KeptForm>() is { } kept && kept.Body == body) return kept.Reading;
        var reading = ReadAsync(request, options ?? FormOptions.Default, cancellationToken);
        request.Keep(new KeptForm(body, reading));
        return reading;
    }

    /// <summary>
    /// The first value of a name: of the form, or if it is not there of the query; null if of neither. Reads the form, and blocks its thread as long as the body comes; a body that is no form is not read. Go's
    /// <c>FormValue</c>, which makes nothing of what is malformed.
    /// </summary>
    /// <inheritdoc cref="ReadFormAsync" path="/exception"/>
    public static string? FormValue(this Request request, string name)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(name);
        if (!HasForm(request)) return request.Query[name];
        var reading = request.ReadFormAsync();
        var form = reading.IsCompletedSuccessfully ? reading.Result : BlockingWait.Wait(new ValueTask<Form>(reading));
        return form[name] ?? request.Query[name];
    }

    /// <summary>Reads the body part by part, as it comes: <c>multipart/form-data</c> or <c>multipart/mixed</c>. Go's <c>MultipartReader</c>.</summary>
    /// <param name="request">The request.</param>
    /// <param name="options">The limits on parts and their headers; null for the defaults. What is read in all is the caller's to bound (<see cref="Request.MaxBodyBytes"/>).</param>
    /// <exception cref="HttpErrorException">The body is not multipart (415), or its boundary is none (400).</exception>
    public static MultipartReader MultipartReader(this Request request, FormOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(request);
        return MediaType.TryParse(request.Header["Content-Type"], out var type) && (type.Is(FormData) || type.Is("multipart/mixed"))
            ? new MultipartReader(request.Body, BoundaryOf(type), options)
            : throw FormErrors.NoMultipart();
    }

    /// <summary>The parts of the body, as they come: <c>await foreach (var part in r.ReadMultipartAsync())</c>. What of a part is not read is passed over.</summary>
    /// <inheritdoc cref="MultipartReader(Request, FormOptions)"/>
    public static async IAsyncEnumerable<MultipartPart> ReadMultipartAsync(this Request request, FormOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var reader = request.MultipartReader(options);
        while (await reader.ReadPartAsync(cancellationToken).ConfigureAwait(false) is { } part) yield return part;
    }

    private static bool HasForm(Request request) =>
        MayHaveForm(request) && MediaType.TryParse(request.Header["Content-Type"], out var type) && (type.Is(UrlEncoded) || type.Is(FormData));

    private static bool MayHaveForm(Request request) => request.Method is "POST" or "PUT" or "PATCH" && request.ContentLength != 0;

    private static async Task<Form> ReadAsync(Request request, FormOptions options, CancellationToken cancellationToken)
    {
        if (!MayHaveForm(request)) return new Form(UrlValues.Parse(""), [], null);
        if (ReaderOf(request, options) is not { } reader) return new Form(await UrlEncodedForm.ReadAsync(request.Body, options, cancellationToken).ConfigureAwait(false), [], null);
        var form = await new MultipartForm(reader, options).ReadAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            request.RegisterForDispose(form);
        }
        catch
        {
            form.Dispose(); // the request is over
            throw;
        }
        return form;
    }

    /// <summary>A reader of a multipart form; null for one that is urlencoded. What is known to be too large is refused before it is sent, where the client waits for 100 (Continue).</summary>
    private static MultipartReader? ReaderOf(Request request, FormOptions options)
    {
        if (!MediaType.TryParse(request.Header["Content-Type"], out var type)) throw FormErrors.NoForm();
        if (type.Is(UrlEncoded)) return request.ContentLength <= options.MaxValuesBytes ? null : throw FormErrors.ValuesTooLong(options.MaxValuesBytes);
        if (!type.Is(FormData)) throw FormErrors.NoForm();
        if (options.MaxBytes >= 0 && request.ContentLength > options.MaxBytes) throw FormErrors.TooLarge(options.MaxBytes);
        return new MultipartReader(request.Body, BoundaryOf(type), options, options.MaxBytes);
    }

    private static string BoundaryOf(in MediaType type) =>
        type.Parameter("boundary") is { } boundary && Endless.Http.MultipartReader.IsBoundary(boundary) ? boundary
            : throw FormErrors.Malformed("the Content-Type has no boundary of 1 to 70 characters");
}
