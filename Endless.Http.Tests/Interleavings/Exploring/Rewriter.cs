using System.Globalization;
using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace Endless.Http.Tests.Interleavings.Exploring;

/// <summary>
/// Puts a point in front of every call that synchronizes threads, and has those that would block, or leave the explorer's sight, go to <see cref="Points"/> or <see cref="Kernel"/> instead.
/// So production code is explored as it is, without a hook in it.
/// </summary>
internal sealed class Rewriter
{
    private const string Own = "Endless.Http.Tests.Interleavings.Exploring";

    private readonly List<string> _names = [];
    private readonly List<string> _owners = [];
    private readonly List<bool> _areFields = [];
    private ModuleDefinition _module = null!;
    private MethodReference _offer = null!;

    /// <summary>For <see cref="Points.Declare"/>.</summary>
    public object[] Declarations => [_names.ToArray(), _owners.ToArray(), _areFields.ToArray()];

    /// <summary>The assembly at a path, rewritten.</summary>
    public byte[] Rewrite(string path)
    {
        using var resolver = new DefaultAssemblyResolver();
        resolver.AddSearchDirectory(Path.GetDirectoryName(path));
        resolver.AddSearchDirectory(Path.GetDirectoryName(typeof(object).Assembly.Location));
        using var module = _module = ModuleDefinition.ReadModule(path, new ReaderParameters { AssemblyResolver = resolver, ReadSymbols = true, InMemory = true });
        _offer = Import(typeof(Points), nameof(Points.Offer));
        foreach (var type in module.GetTypes())
            if (!type.FullName.StartsWith(Own, StringComparison.Ordinal))
                foreach (var method in type.Methods)
                    if (method.HasBody) Rewrite(method);
        using var rewritten = new MemoryStream();
        module.Write(rewritten);
        return rewritten.ToArray();
    }

    private void Rewrite(MethodDefinition method)
    {
        var lines = method.DebugInformation.HasSequencePoints ? method.DebugInformation.GetSequencePointMapping() : null;
        var line = 0;
        var body = method.Body;
        body.SimplifyMacros();
        var il = body.GetILProcessor();
        foreach (var instruction in body.Instructions.ToArray())
        {
            if (lines != null && lines.TryGetValue(instruction, out var at) && !at.IsHidden) line = at.StartLine;
            if (instruction.Operand is MethodReference called && instruction.OpCode.Code is Code.Call or Code.Callvirt or Code.Newobj) RewriteCall(il, instruction, (MethodReference)instruction.Operand, method, line);
            else if (instruction.OpCode.Code is Code.Ldfld or Code.Stfld) RewriteField(il, instruction, (FieldReference)instruction.Operand, method, line);
        }
        body.OptimizeMacros();
    }

    private void RewriteCall(ILProcessor il, Instruction instruction, MethodReference called, MethodDefinition method, int line)
    {
        var type = called.DeclaringType.GetElementType().FullName;
        if (Replacements.Find(type, called) is var (owner, name, use))
        {
            var replacement = Import(owner, name);
            if ((called as IGenericInstance ?? called.DeclaringType as IGenericInstance) is { } generic)
            {
                var instance = new GenericInstanceMethod(replacement);
                foreach (var argument in generic.GenericArguments) instance.GenericArguments.Add(argument);
                replacement = instance;
            }
            instruction.OpCode = OpCodes.Call;
            instruction.Operand = replacement;
            if (use == PointUse.None) return;
            var number = il.Create(OpCodes.Ldc_I4, Point(method, line, $"{called.DeclaringType.Name}.{called.Name}", isField: false));
            if (use == PointUse.Argument) InsertBefore(il, instruction, number);
            else InsertBefore(il, instruction, number, il.Create(OpCodes.Call, _offer));
        }
        else if (Replacements.IsFlowing(type, called))
        {
            // ConfigureAwait(true), or its option of the same value: what would go to the thread pool goes to the actors' context.
            InsertBefore(il, instruction, il.Create(OpCodes.Ldc_I4_1), il.Create(OpCodes.Or));
        }
        else if (instruction.Previous?.OpCode == OpCodes.Constrained && called.Name == "Dispose" && ((TypeReference)instruction.Previous.Operand).FullName == typeof(CancellationTokenRegistration).FullName)
        {
            var constrained = instruction.Previous;
            constrained.OpCode = OpCodes.Ldc_I4;
            constrained.Operand = Point(method, line, "CancellationTokenRegistration.Dispose", isField: false);
            instruction.OpCode = OpCodes.Call;
            instruction.Operand = Import(typeof(Points), nameof(Points.Dispose));
        }
        else if (Replacements.IsPoint(type, called.Name))
        {
            var point = Point(method, line, called.DeclaringType.Name.Split('`')[0] + "." + called.Name, isField: false);
            InsertBefore(il, instruction, il.Create(OpCodes.Ldc_I4, point), il.Create(OpCodes.Call, _offer));
        }
    }

    private void RewriteField(ILProcessor il, Instruction instruction, FieldReference field, MethodDefinition method, int line)
    {
        if (field.DeclaringType.IsValueType || field.DeclaringType.Scope != _module || field.Name.StartsWith("<>", StringComparison.Ordinal)) return;
        if (field.Resolve() is not { IsInitOnly: false } definition || method.IsConstructor) return;
        var isVolatile = field.FieldType is RequiredModifierType;
        var first = instruction.Previous?.OpCode == OpCodes.Volatile ? instruction.Previous : instruction;
        var verb = instruction.OpCode.Code == Code.Ldfld ? "read" : "write";
        var point = Point(method, line, $"{verb} {definition.Name.Replace("<", "", StringComparison.Ordinal).Replace(">k__BackingField", "", StringComparison.Ordinal)}", isField: !isVolatile, definition.DeclaringType);
        InsertBefore(il, first, il.Create(OpCodes.Ldc_I4, point), il.Create(OpCodes.Call, _offer));
    }

    /// <summary>Instructions in front of one that may be jumped to: the jump is then to the first of them, since that one takes its place.</summary>
    private static void InsertBefore(ILProcessor il, Instruction instruction, params Instruction[] first)
    {
        var moved = il.Create(OpCodes.Nop);
        (moved.OpCode, moved.Operand) = (instruction.OpCode, instruction.Operand);
        (instruction.OpCode, instruction.Operand) = (first[0].OpCode, first[0].Operand);
        var last = instruction;
        foreach (var next in first.Skip(1))
        {
            il.InsertAfter(last, next);
            last = next;
        }
        il.InsertAfter(last, moved);
    }

    private int Point(MethodDefinition method, int line, string operation, bool isField, TypeDefinition? owner = null)
    {
        var (type, name) = (method.DeclaringType, method.Name);
        // A state machine or a closure is its method's: <RunAsync>d__5.MoveNext.
        while (type.DeclaringType != null && type.Name[0] == '<')
        {
            if (!type.Name.StartsWith("<>", StringComparison.Ordinal)) name = type.Name;
            type = type.DeclaringType;
        }
        if (name[0] == '<') name = name.TrimStart('<').Split('>')[0];
        _names.Add(string.Create(CultureInfo.InvariantCulture, $"{type.Name.Split('`')[0]}.{name}:{line} {operation.Split('`')[0]}"));
        owner ??= type;
        while (isField && owner.DeclaringType != null && owner.Name[0] == '<') owner = owner.DeclaringType;
        _owners.Add(FullName(owner));
        _areFields.Add(isField);
        return _names.Count - 1;
    }

    private static string FullName(TypeDefinition type)
    {
        while (type.DeclaringType != null) type = type.DeclaringType;
        return $"{type.Namespace}.{type.Name.Split('`')[0]}";
    }

    private MethodReference Import(Type type, string name)
    {
        if (_module.GetType(type.FullName) is { } own) return own.Methods.First(method => method.Name == name);
        return _module.ImportReference(type.GetMethod(name));
    }
}
