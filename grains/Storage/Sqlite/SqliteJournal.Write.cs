using Treaty.Grid.Storage.Sqlite;

namespace Treaty.Grid.Storage;

public sealed partial class SqliteJournal
{
    // What is durable, as of the last commit that returned. The lock on the directory makes it safe to trust: nobody
    // else can have written since. It grows with the number of parties, some two hundred bytes each.
    private readonly Dictionary<string, Fence> _fences = new(StringComparer.Ordinal);

    // Both null after a failure, until the next write connects anew and asks.
    private SqliteWriter? _writer;
    private long? _head;

    public async ValueTask<OpenedParty> OpenAsync(string party, CancellationToken cancellation) =>
        (await OpenManyAsync([party], cancellation))[0];

    public async ValueTask<IReadOnlyList<OpenedParty>> OpenManyAsync(
        IReadOnlyList<string> parties, CancellationToken cancellation)
    {
        WellFormed.Parties(parties);
        var opened = new OpenedParty[parties.Count];
        await WriteAsync(
            (writer, draft) =>
            {
                for (var i = 0; i < opened.Length; i++)
                    opened[i] = Open(parties[i], writer, draft);
            },
            (writer, draft) =>
            {
                foreach (var (party, fence) in draft.Changed)
                    writer.RaiseEpoch(party, fence.Epoch);
            },
            cancellation);
        return opened;
    }

    public async ValueTask<IReadOnlyList<AppendOutcome>> CommitAsync(
        IReadOnlyList<Append> appends, CancellationToken cancellation)
    {
        WellFormed.Appends(appends);
        var outcomes = new AppendOutcome[appends.Count];
        await WriteAsync(
            (writer, draft) =>
            {
                for (var i = 0; i < outcomes.Length; i++)
                    outcomes[i] = Decide(appends[i], writer, draft);
            },
            (writer, draft) =>
            {
                for (var i = 0; i < outcomes.Length; i++)
                {
                    if (outcomes[i].Result == AppendResult.Committed)
                        Insert(appends[i], outcomes[i].FirstPosition, writer);
                }

                foreach (var (party, fence) in draft.Changed)
                    writer.RaiseVersion(party, fence.Version);
            },
            cancellation);
        return outcomes;
    }

    private OpenedParty Open(string party, SqliteWriter writer, Draft draft)
    {
        var fence = FenceOf(party, writer, draft);
        fence = fence with { Epoch = checked(fence.Epoch + 1) };
        draft.Changed[party] = fence;
        return new OpenedParty(fence.Epoch, fence.Version);
    }

    private AppendOutcome Decide(Append append, SqliteWriter writer, Draft draft)
    {
        var fence = FenceOf(append.Party, writer, draft);
        if (append.Epoch != fence.Epoch)
            return new AppendOutcome(AppendResult.StaleEpoch, 0);
        if (append.ExpectedVersion != fence.Version)
            return new AppendOutcome(AppendResult.UnexpectedVersion, 0);

        var entries = append.Payloads.Count;
        var first = checked(draft.Head + 1);
        draft.Head = checked(draft.Head + entries);
        draft.Changed[append.Party] = fence with { Version = checked(fence.Version + entries) };
        return new AppendOutcome(AppendResult.Committed, first);
    }

    private static void Insert(Append append, long firstPosition, SqliteWriter writer)
    {
        for (var i = 0; i < append.Payloads.Count; i++)
            writer.Insert(firstPosition + i, append.Party, append.ExpectedVersion + 1 + i, append.Payloads[i]);
    }

    private Fence FenceOf(string party, SqliteWriter writer, Draft draft)
    {
        if (draft.Changed.TryGetValue(party, out var fence) || _fences.TryGetValue(party, out fence))
            return fence;
        fence = writer.GetFence(party);
        // A stranger's code must not stay in memory: only what was opened has a row, and a place here.
        if (fence.Epoch > 0)
            _fences.Add(party, fence);
        return fence;
    }

    /// <summary>
    /// One transaction, or none where nothing is to change. The draft becomes what is known here only after it is
    /// durable; after any failure nothing is known any more, and closing the connection undoes what was begun.
    /// </summary>
    private async ValueTask WriteAsync(
        Action<SqliteWriter, Draft> decide, Action<SqliteWriter, Draft> write, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            RefuseUnlessUsable();
            SqliteWriter writer;
            Draft draft;
            try
            {
                writer = _writer ??= Connect();
                draft = new Draft { Head = _head ??= writer.GetHead() };
                decide(writer, draft);
                if (draft.Changed.Count == 0)
                    return;
                writer.Begin();
                write(writer, draft);
            }
            catch (Exception e)
            {
                Forget();
                throw new JournalUnavailableException($"The journal in {_directory} cannot write: {e.Message}", e);
            }

            try
            {
                writer.Commit();
            }
            catch
            {
                Forget();
                throw;
            }

            Remember(draft);
        }
        finally
        {
            _gate.Release();
        }
    }

    private void Remember(Draft draft)
    {
        _head = draft.Head;
        foreach (var (party, fence) in draft.Changed)
            _fences[party] = fence;
    }

    private void Forget()
    {
        _writer?.Dispose();
        _writer = null;
        _head = null;
        _fences.Clear();
    }

    /// <summary>What will be known once the transaction is durable.</summary>
    private sealed class Draft
    {
        public long Head { get; set; }

        public Dictionary<string, Fence> Changed { get; } = new(StringComparer.Ordinal);
    }
}
