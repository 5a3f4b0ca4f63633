using System.Diagnostics;
using Treaty.Grid.Load.Programs;

namespace Treaty.Grid.Load;

/// <summary>What processes have used so far, as the system knows it.</summary>
internal static class Usage
{
    public static TimeSpan Own
    {
        get
        {
            using var process = Process.GetCurrentProcess();
            return process.TotalProcessorTime;
        }
    }

    /// <summary>Processor time; on Linux that of all whom they have started is in it.</summary>
    public static TimeSpan Processor(IReadOnlyCollection<int> processes) => processes.Count == 0 ? TimeSpan.Zero
        : OperatingSystem.IsLinux() ? ProcessTable.Read().UsedBy(processes)
        : processes.Aggregate(
            TimeSpan.Zero, (sum, id) => sum + Of(id, p => p.TotalProcessorTime, TimeSpan.Zero));

    /// <summary>Resident memory in bytes.</summary>
    public static long Memory(IEnumerable<int> processes) => processes.Sum(id => Of(id, p => p.WorkingSet64, 0L));

    /// <summary>Open files and sockets; 0 where the system does not tell.</summary>
    public static int Handles(IEnumerable<int> processes) => processes.Sum(id =>
    {
        try
        {
            return Directory.EnumerateFileSystemEntries($"/proc/{id}/fd").Count();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    });

    private static T Of<T>(int id, Func<Process, T> ask, T otherwise)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return ask(process);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return otherwise;
        }
    }
}
