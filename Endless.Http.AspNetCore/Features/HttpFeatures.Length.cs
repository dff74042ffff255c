using Microsoft.AspNetCore.Http;

namespace Endless.Http.AspNetCore.Features;

// The length that the application declares for its response, and what is wrong with it while the head can still be replaced.
internal partial class HttpFeatures
{
    /// <summary>A length was declared and nothing written.</summary>
    private bool IsTooShort => !HasStarted && _engineRequest.Method != "HEAD" && _statusCode != StatusCodes.Status304NotModified && _responseHeaders is { ContentLength: > 0 };

    /// <summary>A length was declared for a body that there is none of by its status: what the application meant is not known, and 204 must not have the field at all (RFC 9110 section 8.6).</summary>
    private bool HasForbiddenLength => !HasStarted && _statusCode is StatusCodes.Status204NoContent or StatusCodes.Status205ResetContent && _responseHeaders is { ContentLength: > 0 };

    private InvalidOperationException TooShort() => new($"Response Content-Length mismatch: too few bytes written (0 of {_responseHeaders!.ContentLength}).");

    private InvalidOperationException ForbiddenLength() => new($"Setting the header Content-Length is not allowed on responses with status code {_statusCode}.");
}
