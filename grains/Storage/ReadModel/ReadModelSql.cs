namespace Treaty.Grid.Storage;

/// <summary>The statements that lie beside this file, one per operation, as they were compiled in.</summary>
internal static class ReadModelSql
{
    public static readonly string SqliteCheckpoint = Read(nameof(SqliteCheckpoint));
    public static readonly string SqliteConnection = Read(nameof(SqliteConnection));
    public static readonly string SqliteTables = Read(nameof(SqliteTables));
    public static readonly string PostgresCheckpoint = Read(nameof(PostgresCheckpoint));
    public static readonly string PostgresLead = Read(nameof(PostgresLead));
    public static readonly string PostgresTables = Read(nameof(PostgresTables));
    public static readonly string GetPosition = Read(nameof(GetPosition));
    public static readonly string MoveCheckpoint = Read(nameof(MoveCheckpoint));
    public static readonly string ResetCheckpoint = Read(nameof(ResetCheckpoint));
    public static readonly string InsertNotice = Read(nameof(InsertNotice));
    public static readonly string InsertDeclaration = Read(nameof(InsertDeclaration));
    public static readonly string InsertSkipped = Read(nameof(InsertSkipped));
    public static readonly string UpsertTransfer = Read(nameof(UpsertTransfer));
    public static readonly string SqliteReassessTransfer = Read(nameof(SqliteReassessTransfer));
    public static readonly string UpsertFinding = Read(nameof(UpsertFinding));
    public static readonly string SqliteCloseFinding = Read(nameof(SqliteCloseFinding));
    public static readonly string PostgresCloseFinding = Read(nameof(PostgresCloseFinding));
    public static readonly string UpsertDuty = Read(nameof(UpsertDuty));
    public static readonly string SqliteDeleteDuty = Read(nameof(SqliteDeleteDuty));
    public static readonly string PostgresDeleteDuty = Read(nameof(PostgresDeleteDuty));
    public static readonly string ListNotices = Read(nameof(ListNotices));
    public static readonly string ListDeclarations = Read(nameof(ListDeclarations));
    public static readonly string ListTransfers = Read(nameof(ListTransfers));
    public static readonly string ListFindings = Read(nameof(ListFindings));
    public static readonly string ListDuties = Read(nameof(ListDuties));
    public static readonly string ListSkipped = Read(nameof(ListSkipped));
    public static readonly string FindUndelivered = Read(nameof(FindUndelivered));
    public static readonly string SqliteTidy = Read(nameof(SqliteTidy));
    public static readonly string KeepUndelivered = Read(nameof(KeepUndelivered));

    private static string Read(string name)
    {
        using var stream = typeof(ReadModel).Assembly
            .GetManifestResourceStream($"{typeof(ReadModel).FullName}.{name}.sql")
            ?? throw new InvalidOperationException($"{name}.sql is not compiled into {typeof(ReadModel).Assembly}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
