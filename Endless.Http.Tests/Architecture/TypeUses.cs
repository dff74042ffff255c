using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Emit;

namespace Endless.Http.Tests.Architecture;

/// <summary>Which types the code of a type uses: in its signatures, its fields and the instructions of its methods.</summary>
internal static class TypeUses
{
    private const BindingFlags Declared = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    private static readonly Dictionary<short, OpCode> Codes =
        typeof(OpCodes).GetFields().Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    /// <summary>The types of its own assembly that a type names, outermost ones only. What the compiler folds away, such as a constant, is not seen.</summary>
    public static IEnumerable<Type> Of(Type type) =>
        Named(type).SelectMany(Parts).Where(used => used.Assembly == type.Assembly).Select(Outermost).Distinct();

    /// <summary>What is read where it is used and needs no understanding of its own: an enum, a record, a delegate, an interface that only shows values.</summary>
    public static bool IsData(Type type) =>
        type.IsEnum
        || typeof(Delegate).IsAssignableFrom(type)
        || type.GetMethod("PrintMembers", BindingFlags.Instance | BindingFlags.NonPublic) != null // which every record has
        || (type.IsInterface && type.GetMethods().All(method => method.IsSpecialName && method.GetParameters().Length == 0));

    /// <summary>The type that a nested one, or one the compiler made, is in.</summary>
    public static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    private static IEnumerable<Type> Named(Type type)
    {
        if (type.BaseType is { } parent) yield return parent;
        // What the parent implements is the parent's to use.
        foreach (var implemented in type.GetInterfaces().Except(type.BaseType?.GetInterfaces() ?? [])) yield return implemented;
        foreach (var field in type.GetFields(Declared)) yield return field.FieldType;
        foreach (var method in type.GetMethods(Declared).Concat<MethodBase>(type.GetConstructors(Declared)))
        {
            if (method is MethodInfo { ReturnType: var result }) yield return result;
            foreach (var parameter in method.GetParameters()) yield return parameter.ParameterType;
            if (method.GetMethodBody() is not { } body) continue;
            foreach (var local in body.LocalVariables) yield return local.LocalType;
            foreach (var member in Members(method, body.GetILAsByteArray()!)) yield return member as Type ?? member.DeclaringType!;
        }
    }

    // The members that the instructions of a method name (ECMA-335, partition III).
    private static IEnumerable<MemberInfo> Members(MethodBase method, byte[] code)
    {
        var ofType = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null;
        var ofMethod = method.IsGenericMethod ? method.GetGenericArguments() : null;
        for (var i = 0; i < code.Length;)
        {
            var value = code[i] == 0xFE ? (short)(0xFE00 | code[++i]) : code[i];
            i++;
            var operand = Codes[value].OperandType;
            if (operand is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok)
                if (method.Module.ResolveMember(BinaryPrimitives.ReadInt32LittleEndian(code.AsSpan(i)), ofType, ofMethod) is { } member) yield return member;
            i += operand switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BinaryPrimitives.ReadInt32LittleEndian(code.AsSpan(i))),
                _ => 4,
            };
        }
    }

    private static IEnumerable<Type> Parts(Type type)
    {
        if (type.HasElementType) return Parts(type.GetElementType()!);
        return type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts).Append(type) : [type];
    }
}
