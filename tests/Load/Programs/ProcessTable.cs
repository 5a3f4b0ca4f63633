using System.Globalization;
using System.Runtime.InteropServices;

namespace Treaty.Grid.Load.Programs;

/// <summary>All processes at one moment, as Linux lists them: who started them, and what they have used.</summary>
internal sealed class ProcessTable
{
    private const int ClockTicks = 2;

    private readonly Dictionary<int, (int Parent, long Ticks)> _processes = [];
    private readonly long _ticksPerSecond;

    private ProcessTable(long ticksPerSecond) => _ticksPerSecond = ticksPerSecond;

    public static ProcessTable Read() => Of(Stats(), AskSystem(ClockTicks));

    /// <param name="stats">A line of <c>/proc/PID/stat</c> for each.</param>
    public static ProcessTable Of(IEnumerable<string> stats, long ticksPerSecond)
    {
        var table = new ProcessTable(ticksPerSecond);
        foreach (var stat in stats)
        {
            // The name stands in brackets and may hold anything. After it: its state, its parent, and further on the
            // time of its own in the program and in the system, and the same of children that have ended.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            var ticks = fields[11..15].Sum(t => long.Parse(t, CultureInfo.InvariantCulture));
            table._processes[Number(stat[..stat.IndexOf(' ', StringComparison.Ordinal)])] = (Number(fields[1]), ticks);
        }

        return table;

        static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// Processor time of processes and all that they have started, those that have ended included. One that ends while
    /// the table is read may be missed, or counted twice.
    /// </summary>
    public TimeSpan UsedBy(IReadOnlyCollection<int> roots) => TimeSpan.FromSeconds(
        (double)_processes.Where(p => IsOf(roots, p.Key)).Sum(p => p.Value.Ticks) / _ticksPerSecond);

    private bool IsOf(IReadOnlyCollection<int> roots, int id) =>
        roots.Contains(id) || (_processes.TryGetValue(id, out var process) && IsOf(roots, process.Parent));

    private static IEnumerable<string> Stats()
    {
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!char.IsAsciiDigit(Path.GetFileName(directory)[0]))
                continue;
            string stat;
            try
            {
                stat = File.ReadAllText(Path.Combine(directory, "stat"));
            }
            catch (IOException)
            {
                // It has ended.
                continue;
            }

            yield return stat;
        }
    }

    [DllImport("libc", EntryPoint = "sysconf")]
    private static extern long AskSystem(int name);
}
