using System.Diagnostics;

namespace Treaty.Grid.Storage;

public sealed partial class JournalWriter
{
    /// <summary>Somebody who waits for the writer. Either the loop takes it or its caller withdraws it.</summary>
    private abstract class Waiting
    {
        private const int Queued = 0;
        private const int Taken = 1;
        private const int Withdrawn = 2;

        private int _state;
        private CancellationTokenRegistration _registration;

        /// <summary>What it holds of the queue's memory.</summary>
        public virtual long Bytes => 0;

        public virtual int Entries => 0;

        /// <summary>Before it is queued. False when it was withdrawn already.</summary>
        public bool WithdrawOn(CancellationToken cancellation)
        {
            if (cancellation.CanBeCanceled)
            {
                _registration = cancellation.UnsafeRegister(
                    static (state, token) => ((Waiting)state!).Withdraw(token), this);
            }

            return Volatile.Read(ref _state) == Queued;
        }

        /// <summary>From here on it is answered by the loop alone. False when it was withdrawn.</summary>
        public bool Take()
        {
            _registration.Unregister();
            return Interlocked.CompareExchange(ref _state, Taken, Queued) == Queued;
        }

        public abstract void Fail(Exception exception);

        protected abstract void Cancel(CancellationToken cancellation);

        private void Withdraw(CancellationToken cancellation)
        {
            if (Interlocked.CompareExchange(ref _state, Withdrawn, Queued) == Queued)
                Cancel(cancellation);
        }
    }

    private abstract class Waiting<T> : Waiting
    {
        // The caller goes on where its own scheduler says (a grain must), never inside the loop.
        private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<T> Answer => _answer.Task;

        public void Succeed(T result) => _answer.TrySetResult(result);

        public override void Fail(Exception exception) => _answer.TrySetException(exception);

        protected override void Cancel(CancellationToken cancellation) => _answer.TrySetCanceled(cancellation);
    }

    private sealed class WaitingAppend(Append append, IReadOnlyList<ActivityContext> traces) : Waiting<long>
    {
        public Append Append { get; } = append;

        public IReadOnlyList<ActivityContext> Traces { get; } = traces;

        public override long Bytes { get; } = Size(append);

        public override int Entries => Append.Payloads.Count;

        private static long Size(Append append)
        {
            var bytes = 0L;
            for (var i = 0; i < append.Payloads.Count; i++)
                bytes += append.Payloads[i].Length;
            return bytes;
        }
    }

    private sealed class WaitingOpen(string party) : Waiting<OpenedParty>
    {
        public string Party { get; } = party;

        public override int Entries => 1;
    }

    private sealed class WaitingFlush(long failuresBefore) : Waiting<bool>
    {
        public long FailuresBefore { get; } = failuresBefore;
    }

    /// <summary>What goes to the journal together.</summary>
    private sealed class Group(JournalWriterLimits limits)
    {
        private readonly HashSet<string> _appending = new(StringComparer.Ordinal);
        private int _entries;
        private long _bytes;

        public List<WaitingOpen> Opens { get; } = [];

        public List<WaitingAppend> Appends { get; } = [];

        /// <summary>The appends as the journal takes them.</summary>
        public List<Append> Commit { get; } = [];

        public List<WaitingFlush> Flushes { get; } = [];

        public int AppendedEntries { get; private set; }

        public IEnumerable<Waiting> All => [.. Opens, .. Appends, .. Flushes];

        public bool HasRoomFor(Waiting next)
        {
            // Openings go first, so one that came after an append of its party has to wait for the next group.
            if (next is WaitingOpen open && _appending.Contains(open.Party))
                return false;
            return _entries == 0
                || (_entries + next.Entries <= limits.CommitEntriesMax && _bytes + next.Bytes <= limits.CommitBytesMax);
        }

        public void Add(Waiting waiting)
        {
            _entries += waiting.Entries;
            _bytes += waiting.Bytes;
            switch (waiting)
            {
                case WaitingAppend append:
                    AppendedEntries += append.Entries;
                    Appends.Add(append);
                    Commit.Add(append.Append);
                    _appending.Add(append.Append.Party);
                    break;
                case WaitingOpen open:
                    Opens.Add(open);
                    break;
                case WaitingFlush flush:
                    Flushes.Add(flush);
                    break;
            }
        }
    }
}
