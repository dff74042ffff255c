using System.ComponentModel.DataAnnotations;

namespace Endless.Http.Handlers.Tests.Json;

public sealed class ValidationErrorsTests
{
    [Fact]
    public void Attributes_of_nested_objects_are_looked_at()
    {
        var order = new Order { Customer = "", Lines = [new Line(1, "pen"), new Line(0, null)] };
        order.Previous = new Order { Customer = new string('x', 21), Previous = order }; // a circle
        var errors = ValidationErrors.Of(order);
        Assert.Equal(["customer", "order-lines[1].article", "order-lines[1].count", "previous.customer"], errors.ToProblem().Errors.Keys.Order(StringComparer.Ordinal));
        var thrown = Assert.Throws<ProblemException>(() => errors.ThrowIfAny());
        Assert.Equal(422, thrown.StatusCode);
    }

    [Fact]
    public void A_valid_value_has_none()
    {
        var errors = ValidationErrors.Of(new Order { Customer = "Ada", Lines = [new Line(1, "pen")] });
        Assert.True(errors.IsEmpty);
        errors.ThrowIfAny();
        Assert.True(ValidationErrors.Of(null).IsEmpty);
        Assert.True(ValidationErrors.Of(new byte[1000]).IsEmpty);
    }

    [Fact]
    public void Rules_may_be_code()
    {
        var errors = new ValidationErrors().Add("count", "is 1 to 100").Add("count", "is even").Add("", "is wrong");
        Assert.True(errors.Contains("count"));
        Assert.Equal(["is 1 to 100", "is even"], errors.ToProblem(400).Errors["count"]);
    }

    [Fact]
    public void An_object_may_check_itself() =>
        Assert.Equal(["from", "to"], ValidationErrors.Of(new Stay()).ToProblem().Errors.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void No_more_errors_than_a_hundred_or_so()
    {
        var lines = Enumerable.Repeat(0, 10_000).Select(_ => new Line(0, null)).ToList();
        Assert.InRange(ValidationErrors.Of(lines).ToProblem().Errors.Count, 100, 110);
    }

    private sealed class Stay : IValidatableObject
    {
        public int From { get; init; } = 2;

        public int To { get; init; } = 1;

        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
        {
            if (From > To) yield return new ValidationResult("ends before it begins", [nameof(From), nameof(To)]);
        }
    }
}
