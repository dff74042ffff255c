using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace Endless.Http.Tests.Fuzzing.Coverage;

/// <summary>Has each basic block of an assembly call <see cref="EdgeMap.Visit"/>. So production code is fuzzed as it is, without a hook in it.</summary>
internal sealed class CoverageRewriter
{
    private MethodReference _visit = null!;

    /// <summary>How many there are.</summary>
    public int Blocks { get; private set; }

    /// <summary>The assembly at a path, rewritten.</summary>
    public byte[] Rewrite(string path)
    {
        using var resolver = new DefaultAssemblyResolver();
        resolver.AddSearchDirectory(Path.GetDirectoryName(path));
        resolver.AddSearchDirectory(Path.GetDirectoryName(typeof(object).Assembly.Location));
        using var module = ModuleDefinition.ReadModule(path, new ReaderParameters { AssemblyResolver = resolver, InMemory = true });
        _visit = module.ImportReference(typeof(EdgeMap).GetMethod(nameof(EdgeMap.Visit)));
        foreach (var type in module.GetTypes())
            foreach (var method in type.Methods)
                if (method.HasBody) Rewrite(method.Body);
        using var rewritten = new MemoryStream();
        module.Write(rewritten);
        return rewritten.ToArray();
    }

    private void Rewrite(MethodBody body)
    {
        body.SimplifyMacros();
        var il = body.GetILProcessor();
        foreach (var first in Beginnings(body))
        {
            // A multiplicative hash: numbers in a row are far apart, and differ in the bits that are compared.
            var number = (int)((uint)++Blocks * 2654435761u >> 32 - 18);
            // What jumps to the first instruction jumps to the call, which takes its place.
            var moved = il.Create(OpCodes.Nop);
            (moved.OpCode, moved.Operand) = (first.OpCode, first.Operand);
            (first.OpCode, first.Operand) = (OpCodes.Ldc_I4, number);
            var call = il.Create(OpCodes.Call, _visit);
            il.InsertAfter(first, call);
            il.InsertAfter(call, moved);
        }
        body.OptimizeMacros();
    }

    private static HashSet<Instruction> Beginnings(MethodBody body)
    {
        var beginnings = new HashSet<Instruction> { body.Instructions[0] };
        foreach (var handler in body.ExceptionHandlers)
        {
            beginnings.Add(handler.HandlerStart);
            if (handler.FilterStart is { } filter) beginnings.Add(filter);
        }
        foreach (var instruction in body.Instructions)
        {
            if (instruction.Operand is Instruction target) beginnings.Add(target);
            else if (instruction.Operand is Instruction[] targets) beginnings.UnionWith(targets);
            if (instruction.OpCode.FlowControl == FlowControl.Cond_Branch && instruction.Next is { } next) beginnings.Add(next);
        }
        return beginnings;
    }
}
