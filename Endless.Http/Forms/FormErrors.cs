namespace Endless.Http.Forms;

/// <summary>Why a form is refused. Texts name the rule, never what the client sent.</summary>
internal static class FormErrors
{
    public static HttpErrorException TooLarge(long limit) => new(413, $"the form has more than {limit} bytes");

    public static HttpErrorException TooManyFields(int limit) => new(413, $"the form has more than {limit} fields");

    public static HttpErrorException NameTooLong(int limit) => new(413, $"a name in the form has more than {limit} bytes");

    public static HttpErrorException ValueTooLong(int limit) => new(413, $"a value in the form has more than {limit} bytes");

    public static HttpErrorException ValuesTooLong(int limit) => new(413, $"the form's values have more than {limit} bytes");

    public static HttpErrorException FileTooLarge(long limit) => new(413, $"a file in the form has more than {limit} bytes");

    public static HttpErrorException HeaderTooLarge(int limit) => new(413, $"the header of a part has more than {limit} bytes");

    public static HttpErrorException TooManyHeaders(int limit) => new(413, $"the header of a part has more than {limit} lines");

    public static HttpErrorException NoForm() => new(415, "the body is no form: its Content-Type is to be application/x-www-form-urlencoded or multipart/form-data");

    public static HttpErrorException NoMultipart() => new(415, "the body is not multipart: its Content-Type is to be multipart/form-data or multipart/mixed");

    public static HttpErrorException Malformed(string what) => new(400, what);
}
