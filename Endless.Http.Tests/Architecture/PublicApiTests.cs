using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Endless.Http.Testing;

namespace Endless.Http.Tests.Architecture;

/// <summary>What programs can be written against. A change of it is seen in the review of its list, and belongs into the changelog.</summary>
public sealed partial class PublicApiTests
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly NullabilityInfoContext Nullability = new();

    [Theory]
    [InlineData(typeof(EndlessServer), "PublicApi.txt")]
    [InlineData(typeof(TestServer), "PublicApi.Testing.txt")]
    public void It_is_as_written_down(Type type, string file)
    {
        var actual = string.Concat(type.Assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal).Select(Describe));
        if (Environment.GetEnvironmentVariable("UPDATE_PUBLIC_API") == "1") File.WriteAllText(Listing(file), actual);
        Assert.True(File.Exists(Listing(file)) && actual == File.ReadAllText(Listing(file)), $"The public API is not that of {file}. If it is to change, run this test once with UPDATE_PUBLIC_API=1 and commit the file.");
    }

    private static string Listing(string name, [CallerFilePath] string file = "") => Path.Combine(Path.GetDirectoryName(file)!, name);

    private static string Describe(Type type)
    {
        var kind = type.IsInterface ? "interface" : type.IsEnum ? "enum" : type.IsSubclassOf(typeof(Delegate)) ? "delegate" : type.IsValueType ? "struct" : "class";
        var modifier = type is { IsAbstract: true, IsSealed: true } ? "static " : type is { IsAbstract: true, IsInterface: false } ? "abstract " : type is { IsSealed: true, IsValueType: false } && kind == "class" ? "sealed " : "";
        if (kind == "delegate") return $"delegate {Signature(type.GetMethod("Invoke")!, type.Name)}\n\n";
        string[] bases = [.. new[] { type.BaseType }.OfType<Type>().Where(one => one != typeof(object) && one != typeof(ValueType) && one != typeof(Enum)).Select(Name),
            .. type.GetInterfaces().Except(type.BaseType?.GetInterfaces() ?? []).Where(one => one.IsPublic && !one.IsGenericType).Select(Name).Order(StringComparer.Ordinal)];
        var members = type.IsEnum
            ? Enum.GetNames(type).Select(name => $"{name} = {Convert.ToInt64(Enum.Parse(type, name))}")
            : type.GetMembers(Declared).Where(IsVisible).OrderBy(member => member.Name, StringComparer.Ordinal).ThenBy(Describe, StringComparer.Ordinal).Select(Describe);
        return $"{modifier}{kind} {(type.DeclaringType is null ? "" : $"{type.DeclaringType.Name}.")}{Name(type)}{(bases.Length > 0 ? $" : {string.Join(", ", bases)}" : "")}\n"
            + string.Concat(members.Select(member => $"    {member}\n")) + "\n";
    }

    private static bool IsVisible(MemberInfo member) => member.GetCustomAttribute<CompilerGeneratedAttribute>() is null && member switch
    {
        MethodBase method => (method.IsPublic || method.IsFamily) && !(method.IsSpecialName && method is MethodInfo && !method.Name.StartsWith("op_", StringComparison.Ordinal)),
        FieldInfo field => field.IsPublic || field.IsFamily,
        PropertyInfo property => property.GetAccessors(nonPublic: true).Any(one => one.IsPublic || one.IsFamily),
        EventInfo { AddMethod.IsPublic: true } => true,
        _ => false,
    };

    private static string Describe(MemberInfo member) => member switch
    {
        ConstructorInfo constructor => $"new({Parameters(constructor)})",
        MethodInfo method => $"{Modifier(method)}{Signature(method, method.Name)}",
        PropertyInfo property => $"{Modifier(property.GetMethod!)}{Name(Nullability.Create(property))} {(property.GetIndexParameters() is [var index] ? $"this[{Parameter(index)}]" : property.Name)} {{ get;{Setter(property.SetMethod)} }}",
        FieldInfo field => $"{(field.IsLiteral ? "const " : field.IsStatic ? "static " : "")}{Name(Nullability.Create(field))} {field.Name}",
        EventInfo occurrence => $"event {Name(occurrence.EventHandlerType!)} {occurrence.Name}",
        _ => throw new ArgumentException($"{member} is not listed.", nameof(member)),
    };

    private static string Modifier(MethodInfo method) =>
        (method.IsFamily ? "protected " : "") + (method.IsStatic ? "static " : method is { IsAbstract: true, DeclaringType.IsInterface: false } ? "abstract "
            : method is { IsVirtual: true, IsFinal: false, DeclaringType.IsInterface: false } ? (method.GetBaseDefinition() == method ? "virtual " : "override ") : "");

    private static string Setter(MethodInfo? setter) => setter is not { IsPublic: true } ? ""
        : setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? " init;" : " set;";

    private static string Signature(MethodInfo method, string name) => $"{Name(Nullability.Create(method.ReturnParameter))} {name}({Parameters(method)})";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Parameter));

    private static string Parameter(ParameterInfo parameter) =>
        $"{(parameter.IsOut ? "out " : "")}{(parameter.IsDefined(typeof(ParamArrayAttribute)) || parameter.IsDefined(typeof(ParamCollectionAttribute)) ? "params " : "")}{Name(Nullability.Create(parameter))} {parameter.Name}"
        + (parameter.HasDefaultValue ? $" = {parameter.DefaultValue ?? "default"}" : "");

    private static string Name(NullabilityInfo info) => Name(info.Type) + (!info.Type.IsValueType && NullabilityState.Nullable == (info.ReadState == NullabilityState.Unknown ? info.WriteState : info.ReadState) ? "?" : "");

    private static string Name(Type type)
    {
        if (type.IsByRef) return Name(type.GetElementType()!);
        if (type.IsArray) return $"{Name(type.GetElementType()!)}[]";
        if (Nullable.GetUnderlyingType(type) is { } underlying) return $"{Name(underlying)}?";
        if (type.IsGenericType) return $"{Arity().Replace(type.Name, "")}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>";
        return type.IsEnum ? type.Name : Type.GetTypeCode(type) switch
        {
            TypeCode.Boolean => "bool",
            TypeCode.Byte => "byte",
            TypeCode.Int32 => "int",
            TypeCode.Int64 => "long",
            TypeCode.String => "string",
            _ when type == typeof(void) => "void",
            _ when type == typeof(object) => "object",
            _ => type.Name,
        };
    }

    [GeneratedRegex("`[0-9]+")]
    private static partial Regex Arity();
}
