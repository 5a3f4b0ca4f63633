namespace Treaty.Grid.Storage.Sqlite;

/// <summary>The statements that lie beside this file, one per operation, as they were compiled in.</summary>
internal static class Sql
{
    public static readonly string Schema = Read(nameof(Schema));
    public static readonly string Connection = Read(nameof(Connection));
    public static readonly string InsertEntry = Read(nameof(InsertEntry));
    public static readonly string RaiseEpoch = Read(nameof(RaiseEpoch));
    public static readonly string RaiseVersion = Read(nameof(RaiseVersion));
    public static readonly string GetFence = Read(nameof(GetFence));
    public static readonly string GetVersion = Read(nameof(GetVersion));
    public static readonly string GetHead = Read(nameof(GetHead));
    public static readonly string ReadParty = Read(nameof(ReadParty));
    public static readonly string ReadEntries = Read(nameof(ReadEntries));
    public static readonly string ReadAll = Read(nameof(ReadAll));
    public static readonly string ListParties = Read(nameof(ListParties));

    private static string Read(string name)
    {
        using var stream = typeof(Sql).Assembly.GetManifestResourceStream(typeof(Sql), $"{name}.sql")
            ?? throw new InvalidOperationException($"{name}.sql is not compiled into {typeof(Sql).Assembly}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
