using System.Diagnostics;

namespace Treaty.Grid.Cluster.Tests.Processes;

/// <summary>
/// A file system in memory with little room, in the place of a directory; what lay there is moved to it. It goes away
/// with this process, however that ends.
/// </summary>
internal sealed class SmallVolume : IDisposable
{
    private const int Megabyte = 1024 * 1024;

    // It holds the other end of a pipe to this process, and outlives the signals that a terminal sends to all at once.
    private const string Guard = """
        trap '' HUP INT TERM
        mount -t tmpfs -o "size=$2m" treaty-grid-test "$1" && echo mounted
        read -r _
        umount -l "$1" && rmdir "$1"
        """;

    private readonly Process _guard;
    private readonly string _directory;
    private readonly string _path;

    private SmallVolume(Process guard, string directory, string path) =>
        (_guard, _directory, _path) = (guard, directory, path);

    private string Ballast => Path.Combine(_path, "ballast");

    /// <summary>Skips the test where nothing may be mounted.</summary>
    public static SmallVolume Under(string directory, int megabytes)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
            Assert.Skip("A small file system can be mounted by root on Linux only.");
        var path = Directory.CreateTempSubdirectory("treaty-grid-volume-").FullName;
        var guard = Process.Start(new ProcessStartInfo("sh", ["-c", Guard, "guard", path, $"{megabytes}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var volume = new SmallVolume(guard, directory, path);
        if (guard.StandardOutput.ReadLine() is null)
        {
            var complaint = guard.StandardError.ReadToEnd();
            volume.Dispose();
            Assert.Skip($"No file system may be mounted here: {complaint}");
        }

        Run("cp", "-a", directory + "/.", path);
        Directory.Delete(directory, recursive: true);
        Directory.CreateSymbolicLink(directory, path);
        return volume;
    }

    /// <summary>Takes all the room there is.</summary>
    public void Fill()
    {
        using var ballast = File.Create(Ballast, bufferSize: 1);
        try
        {
            for (var block = new byte[Megabyte]; ;)
                ballast.Write(block);
        }
        catch (IOException)
        {
            // Full, but for less than a block.
        }

        try
        {
            for (var block = new byte[Environment.SystemPageSize]; ;)
                ballast.Write(block);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    /// <summary>Gives the room back, as an operator does.</summary>
    public void Free() => File.Delete(Ballast);

    public void Dispose()
    {
        // Whoever tidies up finds a directory, as before.
        if (File.ResolveLinkTarget(_directory, returnFinalTarget: false) is not null)
        {
            Directory.Delete(_directory);
            Directory.CreateDirectory(_directory);
        }

        _guard.StandardInput.Close();
        _guard.WaitForExit();
        _guard.Dispose();
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
