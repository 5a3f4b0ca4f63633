using System.Diagnostics;
using System.Globalization;

namespace Treaty.Grid.Bench.Cluster;

/// <summary>What processes have used so far, those that they started included.</summary>
internal static class Usage
{
    /// <summary>Processor time of a process and all below it.</summary>
    public static TimeSpan Processor(int processId) =>
        Family(processId).Aggregate(TimeSpan.Zero, (sum, p) => sum + Of(p));

    /// <summary>Resident memory in bytes.</summary>
    public static long Memory(int processId)
    {
        using var process = Process.GetProcessById(processId);
        return process.WorkingSet64;
    }

    private static TimeSpan Of(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return process.TotalProcessorTime;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            // It has ended.
            return TimeSpan.Zero;
        }
    }

    private static IEnumerable<int> Family(int processId)
    {
        var parents = new Dictionary<int, int>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out var id))
                continue;
            try
            {
                // After the name, which may hold anything: its state, then its parent.
                var stat = File.ReadAllText(Path.Combine(directory, "stat"));
                var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                parents[id] = int.Parse(fields[1], CultureInfo.InvariantCulture);
            }
            catch (IOException)
            {
                // It has ended.
            }
        }

        return parents.Keys.Where(IsOfIt);

        bool IsOfIt(int id) => id == processId || (parents.TryGetValue(id, out var parent) && IsOfIt(parent));
    }
}
