using System.Globalization;

namespace Endless.Http.AspNetCore.LiveApp.Talks;

/// <summary>The numbers that clients were told have arrived, a line each in a file that all generations append to. Thread-safe.</summary>
public sealed class Acknowledged(IConfiguration configuration)
{
    private readonly Lock _writing = new();

    internal void Add(int number)
    {
        if (configuration["Log"] is not { } path) return;
        lock (_writing)
        {
            // O_APPEND: two generations write without overwriting each other.
            using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            file.Write(System.Text.Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture) + "\n"));
        }
    }
}
