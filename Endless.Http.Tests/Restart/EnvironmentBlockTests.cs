using System.Text;
using Endless.Http.Spawning;

namespace Endless.Http.Tests.Restart;

public class EnvironmentBlockTests
{
    private static byte[] Latin(string text) => Encoding.Latin1.GetBytes(text);

    /// <summary>What comes out, a byte a character.</summary>
    private static string[] Build(string[] native, (string Name, string Value)[] current, (string Name, string Value)[]? added = null, params string[] dropped) =>
        Encoding.Latin1.GetString(EnvironmentBlock.Build(
            native.Select(Latin), current.ToDictionary(pair => pair.Name, pair => pair.Value), (added ?? []).ToDictionary(pair => pair.Name, pair => pair.Value), dropped))
            .Split('\0', StringSplitOptions.RemoveEmptyEntries);

    [Fact]
    public void A_value_that_is_no_UTF_8_keeps_its_bytes() => Assert.Equal(["P=\xff\xe4"], Build(["P=\xff\xe4"], [("P", "\uFFFD\uFFFD")]));

    [Fact]
    public void A_value_that_was_changed_is_the_new_one() => Assert.Equal(["P=new"], Build(["P=\xff"], [("P", "new")]));

    [Fact]
    public void A_variable_that_was_removed_is_gone_and_a_new_one_there() => Assert.Equal(["NEW=\xc3\xbc"], Build(["OLD=1"], [("NEW", "ü")]));

    [Fact]
    public void Names_that_are_no_UTF_8_are_all_kept() =>
        Assert.Equal(["\xfe=1", "\xff=2"], Build(["\xfe=1", "\xff=2"], [("\uFFFD", "1")]));

    [Fact]
    public void Of_two_entries_of_one_name_the_first_counts() => Assert.Equal(["A=1"], Build(["A=1", "A=1", "A=2"], [("A", "1")]));

    [Fact]
    public void What_is_added_replaces_and_what_is_dropped_is_not_there() =>
        Assert.Equal(["C=3", "A=2"], Build(["A=1", "B=1", "C=3", "no variable"], [("A", "1"), ("B", "1"), ("C", "3")], [("A", "2")], "B"));

    [Fact]
    public async Task A_value_that_is_no_UTF_8_survives_a_restart()
    {
        await using var app = await RestartApp.StartAsync(
            ["serve 127.0.0.1:0"], app => app.Executable("start.sh", $"#!/bin/sh\nODD=\"$(printf 'a\\377\\344b')\" exec {app["app"]} \"$@\"\n"));
        var pid = await app.RestartAsync();
        Assert.Contains("ODD=a\xff\xe4" + "b", Encoding.Latin1.GetString(File.ReadAllBytes($"/proc/{pid}/environ")).Split('\0'));
    }
}
