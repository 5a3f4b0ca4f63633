namespace Treaty.Grid.Storage.Postgres.Snapshots;

/// <summary>The statements that lie beside this file, one per operation, as they were compiled in.</summary>
internal static class Sql
{
    public static readonly string Schema = Read(nameof(Schema));
    public static readonly string GetVersion = Read(nameof(GetVersion));
    public static readonly string GetSnapshot = Read(nameof(GetSnapshot));
    public static readonly string InsertSnapshot = Read(nameof(InsertSnapshot));
    public static readonly string ReplaceSnapshot = Read(nameof(ReplaceSnapshot));
    public static readonly string ListRuns = Read(nameof(ListRuns));
    public static readonly string GetFilter = Read(nameof(GetFilter));
    public static readonly string FindPages = Read(nameof(FindPages));
    public static readonly string ReadPages = Read(nameof(ReadPages));
    public static readonly string InsertPages = Read(nameof(InsertPages));
    public static readonly string InsertRun = Read(nameof(InsertRun));
    public static readonly string DeletePages = Read(nameof(DeletePages));
    public static readonly string DeleteRuns = Read(nameof(DeleteRuns));
    public static readonly string DeleteSnapshot = Read(nameof(DeleteSnapshot));

    private static string Read(string name)
    {
        using var stream = typeof(Sql).Assembly.GetManifestResourceStream(typeof(Sql), $"{name}.sql")
            ?? throw new InvalidOperationException($"{name}.sql is not compiled into {typeof(Sql).Assembly}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
