using Npgsql;
using NpgsqlTypes;
using Orleans.Serialization;
using Orleans.Storage;
using Orleans.Transactions.Abstractions;

namespace Treaty.Grid.Transactions;

/// <summary>
/// Transactional state in PostgreSQL: a row for each grain, and one for each of its transactions, which stays: what was
/// filed, and the state after it where Orleans has it stored. What it has stored at once is one statement and one
/// commit.
/// </summary>
internal sealed class PostgresStateFactory(NpgsqlDataSource database, Serializer serializer)
    : ITransactionalStateStorageFactory
{
    public const string Name = "postgres";

    private const string Schema = """
        CREATE TABLE IF NOT EXISTS grain (
          id text PRIMARY KEY, version bigint NOT NULL, committed bigint NOT NULL, metadata bytea NOT NULL);
        CREATE TABLE IF NOT EXISTS state (
          grain text, sequence bigint, filed bytea NOT NULL, pending bytea, PRIMARY KEY (grain, sequence));
        CREATE OR REPLACE FUNCTION store(
          p_grain text, p_version bigint, p_committed bigint, p_metadata bytea, p_abort_after bigint,
          p_sequences bigint[], p_filed bytea[], p_pending bytea[])
        RETURNS void LANGUAGE plpgsql AS $$
        BEGIN
          IF p_version = 0 THEN
            INSERT INTO grain VALUES (p_grain, 1, coalesce(p_committed, 0), p_metadata);
          ELSE
            UPDATE grain SET version = version + 1, metadata = p_metadata,
              committed = greatest(committed, coalesce(p_committed, 0))
            WHERE id = p_grain AND version = p_version;
            IF NOT FOUND THEN
              RAISE serialization_failure USING MESSAGE = 'another has written this grain';
            END IF;
          END IF;
          IF p_abort_after IS NOT NULL THEN
            DELETE FROM state WHERE grain = p_grain AND sequence > p_abort_after;
          END IF;
          INSERT INTO state SELECT p_grain, s.sequence, s.filed, s.pending
          FROM unnest(p_sequences, p_filed, p_pending) AS s (sequence, filed, pending)
          ON CONFLICT (grain, sequence) DO UPDATE SET filed = excluded.filed, pending = excluded.pending;
        END $$;
        """;

    public async Task CreateAsync()
    {
        await using var create = database.CreateCommand(Schema);
        await create.ExecuteNonQueryAsync();
    }

    public ITransactionalStateStorage<TState> Create<TState>(string stateName, IGrainContext context)
        where TState : class, new() =>
        (ITransactionalStateStorage<TState>)(object)new Storage($"{context.GrainId}/{stateName}", database, serializer);

    private sealed class Storage(string grain, NpgsqlDataSource database, Serializer serializer)
        : ITransactionalStateStorage<PartyState>
    {
        private long _version;
        private long _stored;

        public async Task<TransactionalStorageLoadResponse<PartyState>> Load()
        {
            // Both at once, so that they are of the same moment.
            await using var ask = database.CreateCommand(
                """
                SELECT g.version, g.committed, g.metadata, s.sequence, s.pending
                FROM grain g LEFT JOIN state s ON s.grain = g.id AND s.sequence >= g.committed
                  AND s.pending IS NOT NULL
                WHERE g.id = $1 ORDER BY s.sequence
                """);
            ask.Parameters.Add(new NpgsqlParameter { Value = grain });
            await using var rows = await ask.ExecuteReaderAsync();
            TransactionalStorageLoadResponse<PartyState>? found = null;
            var (committed, pending) = (new PartyState(), new List<PendingTransactionState<PartyState>>());
            while (await rows.ReadAsync())
            {
                var committedTo = rows.GetInt64(1);
                if (!await rows.IsDBNullAsync(3))
                {
                    var one = serializer.Deserialize<PendingTransactionState<PartyState>>(
                        await rows.GetFieldValueAsync<byte[]>(4))!;
                    if (one.SequenceId == committedTo)
                        committed = one.State;
                    else
                        pending.Add(one);
                }

                (_version, _stored) = (rows.GetInt64(0), pending.Count > 0 ? pending[^1].SequenceId : committedTo);
                found = new TransactionalStorageLoadResponse<PartyState>(
                    $"{_version}", committed, committedTo,
                    serializer.Deserialize<TransactionalStateMetaData>(await rows.GetFieldValueAsync<byte[]>(2))!,
                    pending);
            }

            return found ?? new TransactionalStorageLoadResponse<PartyState>();
        }

        public async Task<string> Store(
            string? expectedETag, TransactionalStateMetaData metadata,
            List<PendingTransactionState<PartyState>>? statesToPrepare, long? commitUpTo, long? abortAfter)
        {
            if ((expectedETag ?? "") != (_version == 0 ? "" : $"{_version}"))
                throw new InconsistentStateException("Another state was expected.", expectedETag, $"{_version}");
            await using var store = database.CreateCommand("SELECT store($1, $2, $3, $4, $5, $6, $7, $8)");
            store.Parameters.Add(new NpgsqlParameter { Value = grain });
            store.Parameters.Add(new NpgsqlParameter { Value = _version });
            store.Parameters.Add(LongOf(commitUpTo));
            store.Parameters.Add(new NpgsqlParameter { Value = serializer.SerializeToArray(metadata) });
            store.Parameters.Add(LongOf(abortAfter));
            _stored = Math.Min(_stored, abortAfter ?? _stored);
            var pending = (statesToPrepare ?? []).ToDictionary(s => s.State.Latest!.Number);
            if (pending.Any(p => p.Key != p.Value.SequenceId))
                throw new InvalidOperationException("A transaction filed other than one notice.");
            var latest = statesToPrepare is [.., var last] ? last.State.Latest : null;
            var filed = (latest?.After(_stored) ?? []).Concat(pending.Values.Select(s => s.State.Latest!))
                .DistinctBy(f => f.Number).ToList();
            store.Parameters.Add(new NpgsqlParameter { Value = filed.Select(f => f.Number).ToArray() });
            store.Parameters.Add(BytesOf(filed.Select(f => (byte[]?)serializer.SerializeToArray(f))));
            store.Parameters.Add(BytesOf(filed.Select(f => pending.TryGetValue(f.Number, out var state)
                ? serializer.SerializeToArray(state)
                : null)));
            await store.ExecuteNonQueryAsync();
            if (latest is not null)
            {
                latest.Forget();
                _stored = latest.Number;
            }

            return $"{++_version}";
        }

        private static NpgsqlParameter BytesOf(IEnumerable<byte[]?> values) =>
            new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea, Value = values.ToArray() };

        private static NpgsqlParameter LongOf(long? value) =>
            new() { NpgsqlDbType = NpgsqlDbType.Bigint, Value = (object?)value ?? DBNull.Value };
    }
}
