using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Treaty.Grid.Load.Reports;

namespace Treaty.Grid.Load;

/// <summary>Several processes of this program that share a rate: one alone may be slower than the server.</summary>
internal static class Workers
{
    private static readonly string[] OfTheParent =
    [
        "--processes", "--target", "--server-pid", "--seed", "--name", "--json", "--html", "--hgrm", "--slo",
        "--allinone",
    ];

    /// <summary>Their figures together, and what became of the stories of each.</summary>
    public static async Task<(Result Result, IReadOnlyList<Ledger> Ledgers)> RunAsync(
        LoadRun run, RunOptions options, IReadOnlyList<string> args, TextWriter progress)
    {
        var directory = Directory.CreateTempSubdirectory("treaty-grid-workers-");
        try
        {
            var reports = await Task.WhenAll(Enumerable.Range(0, options.Processes)
                .Select(worker => RunOneAsync(run, options, args, worker, directory.FullName, progress)));
            var ledgers = Enumerable.Range(0, options.Processes).Select(worker => LedgerFile.Read(
                LedgerOf(directory.FullName, worker),
                new StoryBook(NameOf(options, worker), run.Roster.Codes))).ToList();
            return (Merge.AtOnce([.. reports.Select(r => r.ToResult())]), ledgers);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static string NameOf(RunOptions options, int worker) => $"{options.Name}w{worker}";

    private static string LedgerOf(string directory, int worker) => Path.Combine(directory, $"{worker}.ledger");

    private static async Task<Report> RunOneAsync(
        LoadRun run, RunOptions options, IReadOnlyList<string> args, int worker, string directory, TextWriter progress)
    {
        var json = Path.Combine(directory, $"{worker}.json");
        var runtime = new DirectoryInfo(RuntimeEnvironment.GetRuntimeDirectory());
        string[] command =
        [
            typeof(Workers).Assembly.Location, "run", .. Without(args), "--target", run.Target.Address.ToString(),
            .. run.Target.Processes.Count == 0
                ? Array.Empty<string>()
                : ["--server-pid", string.Join(',', run.Target.Processes)],
            "--seed", Text(options.Seed + worker), "--name", NameOf(options, worker),
            "--share", (1.0 / options.Processes).ToString("R", CultureInfo.InvariantCulture),
            "--ledger", LedgerOf(directory, worker), "--json", json,
        ];
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(
                Path.Combine(runtime.Parent!.Parent!.Parent!.FullName, "dotnet"), command)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, e) =>
        {
            if (e.Data is { } line)
                progress.WriteLine($"[{worker}] {line}");
        };
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? await Report.ReadAsync(json)
            : throw new InvalidOperationException($"Worker {worker} ended with {process.ExitCode}.");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static IEnumerable<string> Without(IReadOnlyList<string> args)
    {
        for (var i = 0; i < args.Count; i++)
        {
            if (OfTheParent.Contains(args[i]))
                i++;
            else if (args[i] != "--verify")
                yield return args[i];
        }
    }
}
