using Treaty.Grid.V1;

namespace Treaty.Grid.Load.Verifying;

/// <summary>
/// Sends again, under the same ids, what has no answer yet, and what was not due any more: each story is told to its
/// end, as clients that come back would. None of it is measured.
/// </summary>
internal static class Settlement
{
    private const int AtOnce = 64;
    private const string Conflict = "AlreadyExists/NOTICE_ID_CONFLICT";

    /// <summary>How many notices it took.</summary>
    public static async Task<int> SettleAsync(Lines lines, Ledger ledger, TextWriter progress)
    {
        var stories = ledger.Unsettled().GroupBy(s => s.Story).ToList();
        var count = 0;
        var told = new Milestones(progress, stories.Count, "stories told to their ends");
        await Parallel.ForEachAsync(
            stories, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (story, _) =>
            {
                foreach (var step in story)
                {
                    ledger.Note(step, await SayAsync(lines, ledger, step));
                    Interlocked.Increment(ref count);
                }

                told.Pass();
            });
        return count;
    }

    private static async Task<long> SayAsync(Lines lines, Ledger ledger, Step step)
    {
        var request = StoryPlan.MessageOf(ledger, step);
        try
        {
            var answer = await lines.AskLongAsync(
                "NoticeService/SubmitNotice", request.Parent["parties/".Length..], request,
                SubmitNoticeResponse.Parser);
            return answer.Receipt.Position;
        }
        catch (CallFailedException e) when (e.Outcome == Conflict)
        {
            return Ledger.Refused;
        }
    }
}
