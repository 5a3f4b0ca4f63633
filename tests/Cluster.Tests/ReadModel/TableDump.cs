using System.Data.Common;
using System.Globalization;

namespace Treaty.Grid.Cluster.Tests.ReadModels;

/// <summary>Every row of every table of a read model, as text: two models are the same if it is.</summary>
internal static class TableDump
{
    public static IReadOnlyList<string> Tables { get; } =
        ["checkpoint", "notice", "declaration", "transfer", "finding", "duty", "skipped"];

    public static async Task<string> OfAsync(DbConnection connection, CancellationToken cancellation)
    {
        var lines = new List<string>();
        await connection.OpenAsync(cancellation);
        foreach (var table in Tables)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = $"SELECT * FROM {table} ORDER BY 1, 2;";
            await using var rows = await command.ExecuteReaderAsync(cancellation);
            var read = new List<string>();
            while (await rows.ReadAsync(cancellation))
            {
                read.Add($"{table} " + string.Join(' ', Enumerable.Range(0, rows.FieldCount).Select(i =>
                    rows.GetValue(i) is byte[] bytes
                        ? Convert.ToHexString(bytes)
                        : Convert.ToString(rows.GetValue(i), CultureInfo.InvariantCulture))));
            }

            read.Sort(string.CompareOrdinal);
            lines.AddRange(read);
        }

        return string.Join('\n', lines);
    }
}
