using Endless.Http.Signals;

namespace Endless.Http.Tests.Restart;

public class InterruptsTests
{
    private static Interrupt[] Note(params int[] milliseconds)
    {
        var interrupts = new Interrupts();
        return Array.ConvertAll(milliseconds, at => interrupts.Note(TimeSpan.FromMilliseconds(at)));
    }

    [Fact]
    public void The_second_ends_at_once() => Assert.Equal([Interrupt.First, Interrupt.Again, Interrupt.Again], Note(1_000, 1_250, 9_000));

    [Fact]
    public void What_a_supervisor_passes_on_of_the_same_one_does_not() => Assert.Equal([Interrupt.First, Interrupt.Echo, Interrupt.Again, Interrupt.Echo], Note(0, 249, 600, 601));
}
