using System.Runtime.InteropServices;

namespace Treaty.Grid.AllInOne;

/// <summary>From how many heaps the C library gives out memory.</summary>
/// <remarks>
/// SQLite works on the thread of its caller, and glibc gives up to eight threads a processor heaps of their own. What
/// one of them has taken from the system it hardly gives back: after half an hour at 700 notices/s the process had
/// 800 MB beside the collector's, of which SQLite may use 140 for its pages. Threads of the runtime have heaps by the
/// time this is called, and keep them: on two processors 8 in all, instead of 15.
/// </remarks>
internal static class NativeHeaps
{
    /// <summary>M_ARENA_MAX of glibc's malloc.h.</summary>
    private const int HeapsMax = -8;

    private const int Enough = 2;

    /// <summary>Call it first. Does nothing where the C library is another, or was told otherwise.</summary>
    public static void Limit()
    {
        if (!OperatingSystem.IsLinux() || Environment.GetEnvironmentVariable("MALLOC_ARENA_MAX") is not null)
        {
            return;
        }

        try
        {
            _ = SetOption(HeapsMax, Enough);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            // musl has one heap.
        }
    }

    [DllImport("libc.so.6", EntryPoint = "mallopt")]
    private static extern int SetOption(int option, int value);
}
