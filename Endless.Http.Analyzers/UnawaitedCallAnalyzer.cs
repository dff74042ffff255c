using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Endless.Http.Analyzers;

/// <summary>
/// EHTTP001: a call on a request or its response whose task nobody awaits. The handler may return before it is done; then the response ends without it. The compiler's CS4014 sees that in async methods alone, and a
/// handler need not be one.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UnawaitedCallAnalyzer : DiagnosticAnalyzer
{
    private static readonly DiagnosticDescriptor Unawaited = new(
        "EHTTP001",
        "A call on a request or response is not awaited",
        "Nobody awaits {0}: the handler may return before it is done, and then it is refused or cut off; await it in a handler that returns a Task",
        "Usage",
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A request and its response end when the handler returns, or the task that it returned completes. What is still under way then is refused or cut off. \"_ = call\" says that this is meant.");

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Unawaited);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            var owners = ImmutableArray.Create(start.Compilation.GetTypeByMetadataName("Endless.Http.ResponseWriter"), start.Compilation.GetTypeByMetadataName("Endless.Http.Request"));
            var tasks = new[] { "System.Threading.Tasks.Task", "System.Threading.Tasks.Task`1", "System.Threading.Tasks.ValueTask", "System.Threading.Tasks.ValueTask`1" }
                .Select(start.Compilation.GetTypeByMetadataName).ToImmutableArray();
            if (owners.Any(owner => owner is not null)) start.RegisterOperationAction(operation => Look(operation, owners, tasks), OperationKind.ExpressionStatement);
        });
    }

    private static void Look(OperationAnalysisContext context, ImmutableArray<INamedTypeSymbol?> owners, ImmutableArray<INamedTypeSymbol?> tasks)
    {
        if (((IExpressionStatementOperation)context.Operation).Operation is not IInvocationOperation call || !IsOf(call.Type?.OriginalDefinition, tasks)) return;
        if (IsOwned(call.Instance ?? ReceiverOfExtension(call), owners)) context.ReportDiagnostic(Diagnostic.Create(Unawaited, call.Syntax.GetLocation(), call.TargetMethod.Name));
    }

    /// <summary>A request or response, or a part of it: <c>w</c>, <c>r.Body</c>, <c>w.BodyWriter</c>, <c>w.WriteAsync(...)</c> of <c>w.WriteAsync(...).AsTask()</c>.</summary>
    private static bool IsOwned(IOperation? operation, ImmutableArray<INamedTypeSymbol?> owners)
    {
        while (operation is not null)
        {
            for (var type = operation.Type; type is not null; type = type.BaseType)
                if (IsOf(type, owners)) return true;
            operation = operation switch
            {
                IPropertyReferenceOperation property => property.Instance,
                IInvocationOperation call => call.Instance ?? ReceiverOfExtension(call),
                IConversionOperation conversion => conversion.Operand,
                _ => null,
            };
        }
        return false;
    }

    private static IOperation? ReceiverOfExtension(IInvocationOperation call) => call.TargetMethod.IsExtensionMethod && call.Arguments.Length > 0 ? call.Arguments[0].Value : null;

    private static bool IsOf(ITypeSymbol? type, ImmutableArray<INamedTypeSymbol?> types) => type is not null && types.Any(other => SymbolEqualityComparer.Default.Equals(type, other));
}
