using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http;

namespace Endless.Http.Tests.Fuzzing.Targets;

/// <summary>Kestrel's parser of a head alone: what it reads, or why it refuses.</summary>
internal sealed class KestrelParser : IHttpRequestLineHandler, IHttpHeadersHandler
{
    private readonly HttpParser<KestrelParser> _parser = new();

    public string Method { get; private set; } = "";

    public string Target { get; private set; } = "";

    public List<(string Name, string Value)> Fields { get; } = [];

    /// <summary>Reads a whole head. Null if it takes it.</summary>
    public string? Refusal(ReadOnlyMemory<byte> head)
    {
        Fields.Clear();
        var reader = new SequenceReader<byte>(new ReadOnlySequence<byte>(head));
        try
        {
            return _parser.ParseRequestLine(this, ref reader) && _parser.ParseHeaders(this, ref reader) && reader.End ? null : "it waits for more, or stops before";
        }
        catch (BadHttpRequestException exception)
        {
            return exception.Message;
        }
    }

    public void OnStartLine(HttpVersionAndMethod versionAndMethod, TargetOffsetPathLength targetPath, Span<byte> startLine)
    {
        Method = Encoding.Latin1.GetString(startLine[..versionAndMethod.MethodEnd]);
        Target = Encoding.Latin1.GetString(startLine[targetPath.Offset..]);
    }

    public void OnHeader(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => Fields.Add((Encoding.Latin1.GetString(name), Encoding.Latin1.GetString(value)));

    public void OnHeadersComplete(bool endStream) { }

    public void OnStaticIndexedHeader(int index) { }

    public void OnStaticIndexedHeader(int index, ReadOnlySpan<byte> value) { }
}
