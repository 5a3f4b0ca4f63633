using System.Globalization;

namespace Treaty.Grid.Storage.Sqlite;

/// <summary>
/// The right of one process to a data directory. The operating system holds it with the open file and drops it with
/// the process, however that ends: a crash leaves nothing to clean up.
/// </summary>
internal sealed class DirectoryLock : IDisposable
{
    /// <summary>
    /// Empty; what counts is who has it open. Never deleted: two processes could then each hold one of that name.
    /// </summary>
    private const string LockFile = "journal.lock";

    /// <summary>Who holds the lock, for people. Apart from the lock, because that nobody else can open.</summary>
    private const string HolderFile = "journal.holder";

    // What the system says when another has the file open: Linux, macOS, Windows.
    private static readonly int[] HeldByAnother = [11, 35, unchecked((int)0x80070020)];

    private readonly FileStream _file;
    private readonly string _holderPath;

    private DirectoryLock(FileStream file, string holderPath)
    {
        _file = file;
        _holderPath = holderPath;
    }

    public static DirectoryLock Take(string directory, TimeProvider time)
    {
        var lockPath = Path.Combine(directory, LockFile);
        var holderPath = Path.Combine(directory, HolderFile);
        FileStream file;
        try
        {
            file = Open(lockPath);
        }
        catch (IOException e) when (HeldByAnother.Contains(e.HResult))
        {
            throw new JournalInUseException(directory, ReadHolder(holderPath), e);
        }

        try
        {
            RefuseUnlessLocksHold(lockPath, directory);
            WriteHolder(holderPath, time);
            return new DirectoryLock(file, holderPath);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        // Only while the lock is held is the file surely about this process.
        File.Delete(_holderPath);
        _file.Dispose();
    }

    private static FileStream Open(string path) =>
        new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    /// <summary>
    /// .NET goes on without a word where a file system keeps no locks, or where a switch turned them off. The fence
    /// of every party rests on this lock, so it is tried: a second opening must fail, even by the same process.
    /// </summary>
    private static void RefuseUnlessLocksHold(string lockPath, string directory)
    {
        try
        {
            Open(lockPath).Dispose();
        }
        catch (IOException e) when (HeldByAnother.Contains(e.HResult))
        {
            return;
        }

        throw new JournalUnusableException(
            $"The file system of {directory} keeps no locks between processes, or .NET was told to take none "
            + "(DOTNET_SYSTEM_IO_DISABLEFILELOCKING). Put the data directory on a local disk and leave locks on.");
    }

    private static void WriteHolder(string path, TimeProvider time)
    {
        var since = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var written = path + ".new";
        File.WriteAllText(written, $"process {Environment.ProcessId} on {Environment.MachineName} since {since}");
        // A reader must see one holder or another, never half a line.
        File.Move(written, path, overwrite: true);
    }

    private static string ReadHolder(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            // The holder has the lock but has not signed yet, or is just leaving.
            return "another process";
        }
    }
}
