using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Endless.Http.Analyzers;

/// <summary>EHTTP002: an async void method or lambda becomes a HandlerFunc. It has returned at its first await, and the response ends there. <c>Handler.From</c> refuses it at run time, but not in a native program.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AsyncVoidHandlerAnalyzer : DiagnosticAnalyzer
{
    private static readonly DiagnosticDescriptor AsyncVoid = new(
        "EHTTP002",
        "A handler is async void",
        "An async void handler has returned at its first await, and its response ends there; have it return a Task, as an AsyncHandlerFunc",
        "Usage",
        DiagnosticSeverity.Error,
        isEnabledByDefault: true);

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(AsyncVoid);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            if (start.Compilation.GetTypeByMetadataName("Endless.Http.HandlerFunc") is { } handler) start.RegisterOperationAction(operation => Look(operation, handler), OperationKind.DelegateCreation);
        });
    }

    private static void Look(OperationAnalysisContext context, INamedTypeSymbol handler)
    {
        var creation = (IDelegateCreationOperation)context.Operation;
        if (!SymbolEqualityComparer.Default.Equals(creation.Type, handler)) return;
        var method = creation.Target switch
        {
            IAnonymousFunctionOperation lambda => lambda.Symbol,
            IMethodReferenceOperation reference => reference.Method,
            _ => null,
        };
        if (method is { IsAsync: true, ReturnsVoid: true }) context.ReportDiagnostic(Diagnostic.Create(AsyncVoid, creation.Syntax.GetLocation()));
    }
}
