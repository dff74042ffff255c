using System.Reflection;
using Endless.Http.Testing;
using Endless.Http.Tests.Http1;

namespace Endless.Http.Tests.Architecture;

/// <summary>Calls that mean nothing throw what .NET throws for them, and say what is wrong.</summary>
public sealed class MisuseTests
{
    private static readonly NullabilityInfoContext Nullability = new();

    private static object Instance(Type type) => type switch
    {
        _ when type == typeof(Request) => new Request("GET", "/"),
        _ when type == typeof(ResponseWriter) => new ResponseRecorder(),
        _ when type == typeof(Header) => new Header(),
        _ when type == typeof(UrlValues) => UrlValues.Parse("a=1"),
        _ when type == typeof(ServeMux) => new ServeMux(),
        _ => throw new ArgumentException(type.Name, nameof(type)),
    };

    /// <summary>Every public member of what handlers see, with each argument that must not be null.</summary>
    public static TheoryData<string, string, int> Arguments
    {
        get
        {
            var data = new TheoryData<string, string, int>();
            foreach (var type in new[] { typeof(Request), typeof(ResponseWriter), typeof(Header), typeof(UrlValues), typeof(ServeMux), typeof(Handler) })
                foreach (var method in MethodsOf(type))
                    foreach (var parameter in method.GetParameters())
                        if (MustNotBeNull(method, parameter)) data.Add(type.Name, method.ToString()!, parameter.Position);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Arguments))]
    public void A_null_where_none_may_be_is_an_ArgumentNullException(string typeName, string signature, int position)
    {
        var type = typeof(Request).Assembly.GetType($"Endless.Http.{typeName}")!;
        var method = MethodsOf(type).Single(one => one.ToString() == signature);
        var arguments = method.GetParameters().Select((parameter, i) => i == position ? null : Value(parameter.ParameterType)).ToArray();
        var thrown = Assert.Throws<TargetInvocationException>(() =>
        {
            if (method is ConstructorInfo constructor) constructor.Invoke(arguments);
            else method.Invoke(method.IsStatic ? null : Instance(type), arguments);
        });
        Assert.IsType<ArgumentNullException>(thrown.InnerException);
    }

    [Fact]
    public async Task What_a_handler_does_in_the_wrong_order_is_refused_with_what_to_do()
    {
        string? twice = null, late = null, write = null;
        ResponseWriter? kept = null;
        await using var server = new Http1Fixture((w, r) =>
        {
            kept = w;
            if (r.Path == "/hijack")
            {
                using var connection = w.Hijack();
                twice = Assert.Throws<InvalidOperationException>(w.Hijack).Message;
                write = Assert.Throws<InvalidOperationException>(() => w.Write("x")).Message;
                foreach (var call in new Action[] { () => w.StatusCode = 200, () => w.WriteHeader(200), () => w.Flush(), w.Abort, () => w.OnStarting(() => { }) }) Assert.Throws<InvalidOperationException>(call);
                Assert.Throws<ArgumentOutOfRangeException>(() => w.WriteHeader(99));
                Assert.Throws<ArgumentNullException>(() => connection.AsStream().Write(null!, 0, 1));
                return;
            }
            w.Write("begun");
            late = Assert.Throws<InvalidOperationException>(w.Hijack).Message;
        });
        Assert.Equal("begun", (await server.RoundTripAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n")).Text);
        foreach (var call in new Action[] { () => kept!.StatusCode = 200, kept!.Abort, () => kept.OnStarting(() => { }), () => kept.OnCompleted(() => { }), () => _ = kept.Header.Count })
            Assert.Contains("before the handler returns", Assert.Throws<InvalidOperationException>(call).Message, StringComparison.Ordinal);
        Assert.Equal((200, true), (kept.StatusCode, kept.HasStarted));
        await server.SendAsync("GET /hijack HTTP/1.1\r\nHost: a\r\n\r\n");
        await server.OutcomeAsync();
        Assert.Contains("took the connection over", twice, StringComparison.Ordinal);
        Assert.Contains("took the connection over", write, StringComparison.Ordinal);
        Assert.Contains("before anything is written", late, StringComparison.Ordinal);
    }

    private static IEnumerable<MethodBase> MethodsOf(Type type) =>
        type.GetConstructors().Concat<MethodBase>(type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly));

    private static bool MustNotBeNull(MethodBase method, ParameterInfo parameter)
    {
        if (parameter.ParameterType.IsValueType) return false;
        if (method.GetParameters().Any(other => other.ParameterType.IsByRefLike)) return false; // reflection cannot call it
        if (method.Name == "set_RemoteEndPoint") return false;
        return method.Name == "set_Item" || Nullability.Create(parameter).WriteState == NullabilityState.NotNull;
    }

    private static object? Value(Type type) => type switch
    {
        _ when type == typeof(string) => "a",
        _ when type == typeof(IHandler) => new ServeMux(),
        _ when type == typeof(Request) => new Request("GET", "/"),
        { IsValueType: true } => Activator.CreateInstance(type),
        _ => null,
    };
}
