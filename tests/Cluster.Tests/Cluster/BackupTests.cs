using System.Diagnostics;
using Npgsql;
using Treaty.Grid.Cluster.Tests.EndToEnd;
using Treaty.Grid.Cluster.Tests.Operations;
using Treaty.Grid.Cluster.Tests.Postgres;
using Treaty.Grid.Cluster.Tests.Processes;
using static Treaty.Grid.Cluster.Tests.EndToEnd.Statements;

namespace Treaty.Grid.Cluster.Tests.Cluster;

/// <summary>The drill for a database that is lost: the scripts of deploy/postgres, as an operator runs them.</summary>
public sealed class BackupTests(PostgresHome postgres)
{
    private const int Seed = 20_241_128;

    [Fact]
    public async Task What_was_acknowledged_before_a_backup_is_there_when_it_is_restored_elsewhere()
    {
        var directory = Directory.CreateTempSubdirectory("treaty-grid-backup-").FullName;
        var backup = Path.Combine(directory, "journal.dump");
        var (database, elsewhere) = (await postgres.BorrowAsync(), await postgres.BorrowAsync());
        IReadOnlyDictionary<string, Acknowledged> before;
        await using (var register = RegisterOn(database))
        {
            await register.StartAsync();
            var traffic = new Traffic(register, Seed);
            await traffic.BeginAsync();
            await traffic.MoreAsync(300);
            before = traffic.Filed.ToDictionary();
            Assert.Equal((0, ""), await ScriptAsync("backup", database, backup));
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(backup));
            await traffic.EndAsync();

            // Neither overwrites what is there.
            Assert.Contains("already", (await ScriptAsync("backup", database, backup)).Errors);
            Assert.Contains("already", (await ScriptAsync("restore", database, backup)).Errors);
        }

        var unnamed = elsewhere.With(settings => settings.Database = null);
        Assert.Contains("PGDATABASE", (await ScriptAsync("restore", unnamed, backup)).Errors);
        Assert.Equal((0, ""), await ScriptAsync("restore", elsewhere, backup));
        var (exitCode, _, errors) = await Commands.RunAsync(
            "verify", "--quiet", "--postgres", elsewhere.ConnectionString);
        Assert.True(exitCode == 0, errors);
        await using (var restored = RegisterOn(elsewhere))
        {
            await restored.StartAsync();
            foreach (var (request, receipt, _) in before.Values)
            {
                var again = await new Caller(restored, request.Parent.Split('/')[1]).SubmitAsync(request);
                Assert.True(again.Replayed, $"{request.Parent}/notices/{request.NoticeId} is lost.");
                Assert.Equal(receipt, again.Receipt);
            }

            // It goes on, and its lists are whole again.
            await new Caller(restored, "GRC").SubmitAsync("NEW", Dispatch("GRC", "BGR", "NEW", 1, Day(2007, 5, 4)));
            Assert.Contains("parties/GRC/notices/NEW", await new Caller(restored, "GRC").FiledAsync());
        }

        await postgres.ReturnAsync(database);
        await postgres.ReturnAsync(elsewhere);
        Directory.Delete(directory, recursive: true);
    }

    private static RunningRegister RegisterOn(PostgresDatabase database) => new(
        [], "--register", "empty", "--journal", "postgres", "--postgres", database.ConnectionString);

    private static async Task<(int ExitCode, string Errors)> ScriptAsync(
        string name, PostgresDatabase database, string file)
    {
        var settings = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        var start = new ProcessStartInfo(Path.Combine(Repository.Root, "deploy", "postgres", name), [file])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["PGHOST"] = settings.Host;
        start.Environment["PGPORT"] = $"{settings.Port}";
        start.Environment["PGUSER"] = settings.Username;
        start.Environment["PGPASSWORD"] = settings.Password;
        start.Environment["PGDATABASE"] = settings.Database;
        start.Environment["PATH"] = $"{PostgresServer.FindBinaries()}:{Environment.GetEnvironmentVariable("PATH")}";
        using var script = Process.Start(start)!;
        var errors = script.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await script.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await script.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (script.ExitCode, await errors);
    }
}
