using System.Globalization;
using System.Text;
using Endless.Http.Control;
using Endless.Http.Tests.Fuzzing.Coverage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Endless.Http.Tests.Fuzzing.Targets;

/// <summary>
/// A pid file that somebody has written something into: only digits are read from it, those it begins with; nobody is found to live who cannot; and a server that starts takes the file's place and leaves nothing behind.
/// </summary>
internal sealed class PidFileTarget : FuzzTarget
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fuzz-pid-").FullName;
    private readonly string _path;

    public PidFileTarget() => _path = Path.Combine(_directory, "pid");

    public override IReadOnlyList<byte[]> Seeds { get; } = Texts("1\n", "4294967297\n", "-1\n", "", "x\n", "99999999999999999999999\n", " 7\n", "0\n", "12");

    public override IReadOnlyList<byte[]> Words { get; } = Texts("\n", "\r\n", "0", "9", "2147483647", "2147483648", "4194304", "-", "+", " ", "\0", "\u00ef\u00bb\u00bf", "\u00b2");

    public override int MaxLength => 64;

    public override long MaxWork(int length) => 1_000;

    public override long MaxAllocated(int length) => 400_000;

    public override void Run(byte[] input)
    {
        File.WriteAllBytes(_path, input);
        var digits = Encoding.ASCII.GetString([.. input.Take(20).TakeWhile(b => b is >= (byte)'0' and <= (byte)'9')]);
        using (var file = File.OpenHandle(_path))
        {
            Assert.Equal(digits, PidText.Read(file));
            var lives = WritingProcess.Lives(digits, file);
            Assert.False(lives && !(int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id > 0), $"{digits} is no process.");
        }
        Assert.Equal(new PidFileHolder(digits, IsHeld: false), PidFileHolder.Read(_path, out _));
        using (var own = new PidFile(_path, Environment.ProcessId, follows: false, () => NullLogger.Instance))
        {
            own.Acquire();
            Assert.Equal(Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n", File.ReadAllText(_path));
        }
        Assert.Empty(Directory.GetFileSystemEntries(_directory));
    }

    public override void Dispose() => Directory.Delete(_directory, recursive: true);
}
