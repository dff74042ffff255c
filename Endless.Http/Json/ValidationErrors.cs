using System.Diagnostics.CodeAnalysis;
using Endless.Http.Json;

namespace Endless.Http;

/// <summary>
/// What is wrong with the members of a value that a client sent. Rules are code, or attributes of <c>System.ComponentModel.DataAnnotations</c> (<see cref="Of"/>). Not thread-safe.
/// <code>
/// var order = await r.ReadJsonAsync(Shop.Default.Order);
/// var errors = new ValidationErrors();
/// if (order.Count is &lt; 1 or > 100) errors.Add("count", "is 1 to 100");
/// errors.ThrowIfAny(); // 422, as problem details
/// </code>
/// </summary>
public sealed class ValidationErrors
{
    private readonly Dictionary<string, List<string>> _errors = [];

    /// <summary>Nothing is wrong.</summary>
    public bool IsEmpty => _errors.Count == 0;

    /// <summary>Whether a member has an error.</summary>
    public bool Contains(string member) => _errors.ContainsKey(member);

    /// <summary>Adds what is wrong with a member.</summary>
    /// <param name="member">Its name as the client knows it: <c>lines[0].price</c>; empty for the value as a whole.</param>
    /// <param name="message">What is wrong, for the client. Say the rule, and not what was sent.</param>
    /// <returns>This.</returns>
    public ValidationErrors Add(string member, string message)
    {
        ArgumentNullException.ThrowIfNull(member);
        ArgumentNullException.ThrowIfNull(message);
        if (!_errors.TryGetValue(member, out var messages)) _errors[member] = messages = [];
        messages.Add(message);
        return this;
    }

    /// <summary>The problem to answer with: its <see cref="ProblemDetails.Errors"/> are these.</summary>
    /// <param name="status">422 (Unprocessable Content, RFC 9110 section 15.5.21) by default: the JSON was understood, and what it says is not accepted. ASP.NET Core answers 400.</param>
    public ProblemDetails ToProblem(int status = 422)
    {
        var problem = new ProblemDetails(status, "Some members have values that are not accepted.");
        foreach (var (member, messages) in _errors) problem.Errors[member] = [.. messages];
        return problem;
    }

    /// <summary>Has the request answered with <see cref="ToProblem"/> if anything is wrong.</summary>
    /// <exception cref="ProblemException">Something is wrong.</exception>
    public void ThrowIfAny(int status = 422)
    {
        if (!IsEmpty) throw new ProblemException(ToProblem(status));
    }

    /// <summary>
    /// What the attributes of a value's type say (<c>[Required]</c>, <c>[Range]</c>, <c>[StringLength]</c>, ..., <c>IValidatableObject</c>), and those of the objects and collections in it, 32 deep. Members are named as
    /// in JSON: by <c>[JsonPropertyName]</c>, else in camel case. After 100 errors it looks no further.
    /// </summary>
    /// <param name="value">The value; null has no errors.</param>
    [RequiresUnreferencedCode("Looks at the members of types and their attributes. Programs that are trimmed add errors by code.")]
    public static ValidationErrors Of(object? value)
    {
        var errors = new ValidationErrors();
        if (value is not null) new AnnotationWalk((member, message) => errors.Add(member, message), () => errors._errors.Count).Visit(value, "", depth: 0);
        return errors;
    }
}
