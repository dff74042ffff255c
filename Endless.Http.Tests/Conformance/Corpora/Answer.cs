using System.Globalization;
using Endless.Http.Tests.Http1;

namespace Endless.Http.Tests.Conformance.Corpora;

/// <summary>What came back for a case.</summary>
/// <param name="Responses">All responses, but for that to the request behind the case.</param>
/// <param name="GoesOn">The request behind the case was answered as well: the connection went on, and in step.</param>
internal sealed record Answer(IReadOnlyList<Response> Responses, bool GoesOn)
{
    /// <summary>Of the first response, an interim one too; 0 if there was none.</summary>
    public int Status => Responses.Count > 0 ? Responses[0].Status : 0;

    public bool IsServed => Status is >= 200 and < 300;

    /// <summary>A 400, or a close without an answer.</summary>
    public bool IsRefused => Status is 0 or 400;

    public bool IsClosed => !GoesOn;

    public Response? Second => Responses.Count > 1 ? Responses[1] : null;

    /// <summary>The first response's Date is an IMF-fixdate (RFC 9110 section 5.6.7).</summary>
    public bool HasDate => DateTime.TryParseExact(Responses[0]["Date"], "r", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    public bool Has(string name) => Status > 0 && Responses[0].Has(name);

    public bool Contains(string text) => Status > 0 && Responses[0].Text.Contains(text, StringComparison.Ordinal);

    /// <summary>The statuses, and a plus if it goes on: <c>100 200+</c>.</summary>
    public override string ToString() => string.Join(' ', Responses.Select(r => r.Status)) + (GoesOn ? "+" : "");
}
