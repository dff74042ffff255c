namespace Endless.Http.Semantics;

/// <summary>Where a <see cref="ResponseBodyWriter"/> puts what was written to it.</summary>
internal interface IResponseBody
{
    /// <inheritdoc cref="ResponseWriter.WriteAsync(ReadOnlyMemory{byte}, CancellationToken)"/>
    Task WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken);

    /// <inheritdoc cref="ResponseWriter.FlushAsync"/>
    Task FlushAsync(CancellationToken cancellationToken);
}
