namespace Treaty.Grid.Storage.Postgres;

/// <summary>The statements that lie beside this file, one per operation, as they were compiled in.</summary>
internal static class Sql
{
    public static readonly string Append = Read(nameof(Append));
    public static readonly string Open = Read(nameof(Open));
    public static readonly string GetVersion = Read(nameof(GetVersion));
    public static readonly string Look = Read(nameof(Look));
    public static readonly string GetHead = Read(nameof(GetHead));
    public static readonly string ReadParty = Read(nameof(ReadParty));
    public static readonly string ReadEntries = Read(nameof(ReadEntries));
    public static readonly string ReadAll = Read(nameof(ReadAll));
    public static readonly string ListParties = Read(nameof(ListParties));
    public static readonly string LockSchema = Read(nameof(LockSchema));
    public static readonly string HasSchema = Read(nameof(HasSchema));
    public static readonly string GetSchemaVersion = Read(nameof(GetSchemaVersion));
    public static readonly string ListSilos = Read(nameof(ListSilos));
    public static readonly string PurgeSilos = Read(nameof(PurgeSilos));

    /// <summary>What leads from each schema to the next; the first from nothing to schema 1.</summary>
    public static readonly IReadOnlyList<string> Migrations = [Read("Schema.1"), Read("Schema.2")];

    private static string Read(string name)
    {
        using var stream = typeof(Sql).Assembly.GetManifestResourceStream(typeof(Sql), $"{name}.sql")
            ?? throw new InvalidOperationException($"{name}.sql is not compiled into {typeof(Sql).Assembly}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
