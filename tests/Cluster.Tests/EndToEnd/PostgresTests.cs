using Treaty.Grid.Cluster.Tests.Postgres;
using static Treaty.Grid.Cluster.Tests.EndToEnd.Statements;

namespace Treaty.Grid.Cluster.Tests.EndToEnd;

/// <summary>The program with its journal in PostgreSQL.</summary>
public sealed class PostgresTests(PostgresHome postgres)
{
    [Fact]
    public async Task A_notice_answered_right_before_a_kill_is_there_at_the_next_start_and_the_data_directory_is_empty()
    {
        var database = await postgres.BorrowAsync();
        await using var register = new RunningRegister(
            [], "--journal", "postgres", "--postgres", database.ConnectionString);
        await register.StartAsync();
        var greece = new Caller(register, "GRC");
        var first = await greece.SubmitAsync("N1", Dispatch("GRC", "BGR", "T1", 500, Day(2007, 5, 4)));
        await register.KillAsync();

        await register.StartAsync();
        Assert.Equal(first.Notice, await greece.NoticeAsync("GRC", "N1"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(register.DataDirectory));

        await register.KillAsync();
        await postgres.ReturnAsync(database);
    }
}
