using Treaty.Grid.Contracts;
using Treaty.Grid.Storage;

namespace Treaty.Grid.Grains;

/// <summary>
/// Tells whether an activation still speaks for its party. A silo that was frozen, or cut off from the others, does not
/// know that another has taken its parties over: it cannot write, and without this it would still answer.
/// </summary>
/// <remarks>
/// Whoever asks gets an answer that the journal gave after the question. One look is under way per silo; those who ask
/// meanwhile share the next.
/// </remarks>
internal sealed class ReadBarrier(IJournal journal)
{
    /// <summary>One look: more wait for the next.</summary>
    private const int PartiesAtOnce = 1_000;

    /// <summary>
    /// Ten looks' worth. The gateways let in less; beyond it, answers come later than anybody waits for them.
    /// </summary>
    private const int WaitingMax = 10 * PartiesAtOnce;

    private readonly Lock _lock = new();
    private readonly Queue<Question> _waiting = new();
    private bool _isLooking;

    /// <summary>
    /// Whether nobody has opened the party since, or, where it was never opened, nobody has written to it since.
    /// </summary>
    /// <param name="party">The party's code.</param>
    /// <param name="epoch">Under which it was opened; 0 if it was only read.</param>
    /// <param name="version">Up to which it was read.</param>
    /// <exception cref="JournalUnavailableException">The journal cannot be asked.</exception>
    /// <exception cref="JournalOverloadedException">Too many ask; later perhaps.</exception>
    public async ValueTask<bool> StandsAsync(string party, long epoch, long version)
    {
        if (!journal.IsShared)
            return true;
        var question = new Question(party);
        lock (_lock)
        {
            if (_waiting.Count >= WaitingMax)
                throw new JournalOverloadedException(Limits.RetryDelay);
            _waiting.Enqueue(question);
            if (!_isLooking)
            {
                _isLooking = true;

                // No business of the grain, nor of the trace, that happens to come first.
                using (ExecutionContext.SuppressFlow())
                    _ = Task.Run(LookAsync);
            }
        }

        var now = await question.Answer.Task;
        return epoch > 0 ? now.Epoch == epoch : now.Version == version;
    }

    private async Task LookAsync()
    {
        while (Next() is { Count: > 0 } questions)
        {
            try
            {
                var answers = await journal.LookAsync([.. questions.Select(q => q.Party)], CancellationToken.None);
                for (var i = 0; i < questions.Count; i++)
                    questions[i].Answer.SetResult(answers[i]);
            }
            catch (Exception e)
            {
                foreach (var question in questions)
                    question.Answer.TrySetException(e);
            }
        }
    }

    private List<Question> Next()
    {
        lock (_lock)
        {
            var questions = new List<Question>();
            while (questions.Count < PartiesAtOnce && _waiting.TryDequeue(out var question))
                questions.Add(question);
            _isLooking = questions.Count > 0;
            return questions;
        }
    }

    private sealed record Question(string Party)
    {
        public TaskCompletionSource<OpenedParty> Answer { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
