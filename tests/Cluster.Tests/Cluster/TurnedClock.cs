using System.Globalization;

namespace Treaty.Grid.Cluster.Tests.Cluster;

/// <summary>
/// What clocks on the wall say to programs, one by one. The clock by which they wait, which only counts on, is left
/// alone, as it is by whoever sets the clock of a machine.
/// </summary>
internal sealed class TurnedClock : IDisposable
{
    private const string Library = "libfaketimeMT.so.1";

    private readonly string _directory = Directory.CreateTempSubdirectory("treaty-grid-clock-").FullName;

    private static string? Found { get; } =
        new[] { "/usr/lib/x86_64-linux-gnu/faketime", "/usr/lib/aarch64-linux-gnu/faketime", "/usr/lib/faketime" }
            .Select(directory => Path.Combine(directory, Library))
            .FirstOrDefault(File.Exists);

    /// <summary>Why none can be turned on this machine; null if one can.</summary>
    public static string? WhyNot => Found is null ? "No clock can be turned here: apt-get install faketime." : null;

    /// <summary>What stands before the command of a program; its clock is right until it is turned.</summary>
    public string[] Before(string program)
    {
        if (!File.Exists(FileOf(program)))
            Turn(program, TimeSpan.Zero);
        return
        [
            "env", $"LD_PRELOAD={Found}", $"FAKETIME_TIMESTAMP_FILE={FileOf(program)}", "FAKETIME_CACHE_DURATION=1",
            "FAKETIME_DONT_FAKE_MONOTONIC=1", "DONT_FAKE_MONOTONIC=1",

            // Else each wait with a time-out returns at once, and all threads spin.
            "FAKETIME_FORCE_MONOTONIC_FIX=0",
        ];
    }

    /// <summary>How far it is from the right time; it jumps there within a second.</summary>
    public void Turn(string program, TimeSpan by)
    {
        // In one step: half of a number would be another time.
        var next = FileOf(program) + ".next";
        File.WriteAllText(next, string.Create(CultureInfo.InvariantCulture, $"{by.TotalSeconds:+0;-0;+0}s\n"));
        File.Move(next, FileOf(program), overwrite: true);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private string FileOf(string program) => Path.Combine(_directory, program);
}
