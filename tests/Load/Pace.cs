using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Treaty.Grid.Load;

/// <summary>Waits for short times without keeping a processor busy that the server may need.</summary>
internal static class Pace
{
    // Shorter waits cost more than they bring: what falls due meanwhile goes together.
    private static readonly TimeSpan Least = TimeSpan.FromMicroseconds(100);
    private static readonly TimeSpan Most = TimeSpan.FromMilliseconds(100);
    private static readonly ManualResetEventSlim Never = new();

    public static void Wait(long untilTimestamp)
    {
        var left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), untilTimestamp);
        if (left <= TimeSpan.Zero)
            return;
        left = left < Least ? Least : left > Most ? Most : left;
        if (!OperatingSystem.IsLinux())
        {
            Never.Wait(left);
            return;
        }

        var time = new TimeSpec { Seconds = 0, Nanoseconds = (nint)left.TotalNanoseconds };
        _ = Sleep(ref time, IntPtr.Zero);
    }

    [DllImport("libc", EntryPoint = "nanosleep")]
    private static extern int Sleep(ref TimeSpec time, IntPtr left);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
