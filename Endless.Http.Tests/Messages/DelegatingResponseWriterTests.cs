using System.Reflection;
using System.Text;
using Endless.Http.Testing;

namespace Endless.Http.Tests.Messages;

public sealed class DelegatingResponseWriterTests
{
    /// <summary>Members that come through another one of the same object, so that what overrides that one sees them.</summary>
    private static readonly string[] ThroughAnother = ["Void Write(System.String)", "System.Threading.Tasks.Task WriteAsync(System.String, System.Threading.CancellationToken)", "Void OnStarting(System.Action)", "Void OnCompleted(System.Action)",
        "System.Threading.Tasks.Task SendFileAsync(Microsoft.Win32.SafeHandles.SafeFileHandle, Int64, Int64, System.Threading.CancellationToken)"];

    private sealed class CountingWriter(ResponseWriter inner) : DelegatingResponseWriter(inner)
    {
        public long Bytes { get; private set; }

        public override void Write(ReadOnlySpan<byte> data) { Bytes += data.Length; base.Write(data); }

        public override Task WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default) { Bytes += data.Length; return base.WriteAsync(data, cancellationToken); }
    }

    [Fact]
    public async Task Bytes_are_counted_however_they_are_written()
    {
        CountingWriter? counting = null;
        var w = await ResponseRecorder.RecordAsync(async (w, _) =>
        {
            counting = new CountingWriter(w);
            counting.Write("12");
            counting.Write("3"u8);
            await counting.WriteAsync("45");
            await counting.WriteAsync("6"u8.ToArray());
            await counting.BodyWriter.WriteAsync("78"u8.ToArray());
            Encoding.ASCII.GetBytes("90", counting.BodyWriter);
        }, new Request("GET", "/"));
        Assert.Equal("1234567890", w.Text);
        Assert.Equal(10, counting!.Bytes);
    }

    [Fact]
    public void Every_virtual_member_has_its_forward()
    {
        var missing = typeof(ResponseWriter).GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(method => method.IsVirtual && !ThroughAnother.Contains(method.ToString()))
            .Where(method => typeof(DelegatingResponseWriter).GetMethod(method.Name, BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly, method.GetParameters().Select(one => one.ParameterType).ToArray()) is null)
            .Select(method => method.ToString());
        Assert.Empty(missing);
        Assert.All(ThroughAnother, name => Assert.Contains(typeof(ResponseWriter).GetMethods(), method => method.ToString() == name));
    }

    [Fact]
    public async Task What_it_is_asked_it_hands_on()
    {
        var calls = new List<string>();
        var w = await ResponseRecorder.RecordAsync(async (inner, _) =>
        {
            var w = new CountingWriter(inner);
            w.OnStarting(() => calls.Add($"starting {w.StatusCode} {w.HasStarted}"));
            w.OnCompleted(() => calls.Add($"completed {w.StatusCode} {w.HasStarted}"));
            w.Header["X"] = "1";
            w.Header["Trailer"] = "T";
            w.WriteHeader(103);
            w.StatusCode = 202;
            await w.FlushAsync();
            w.Trailers["T"] = "2";
            w.Flush();
            Assert.Throws<InvalidOperationException>(w.Hijack);
        }, new Request("GET", "/"));
        Assert.Equal((202, "1", "2", true), (w.StatusCode, w.SentHeader["X"], w.SentTrailers["T"], w.Flushed));
        Assert.Equal(["starting 202 False", "completed 202 True"], calls);
        Assert.Equal(103, Assert.Single(w.InterimResponses).StatusCode);
        Assert.Throws<ArgumentNullException>(() => new CountingWriter(null!));
        Assert.True((await ResponseRecorder.RecordAsync((inner, _) => new CountingWriter(inner).Abort(), new Request("GET", "/"))).Aborted);
    }
}
