using System.Diagnostics;
using Treaty.Grid.V1;

namespace Treaty.Grid.Load;

/// <summary>How far the lists are behind what has been acknowledged.</summary>
internal static class Lag
{
    /// <summary>
    /// How long a list waits that must have come to the last receipt; null when there is none. A list that gives up
    /// stands for the time until it did.
    /// </summary>
    public static async Task<TimeSpan?> OfAsync(Lines lines, Ledger? ledger)
    {
        if (ledger is not { LastPosition: > 0 and var position })
            return null;
        var began = Stopwatch.GetTimestamp();
        try
        {
            await lines.AskAsync(
                "TransferService/ListTransfers", "secretariat",
                new ListTransfersRequest { Parent = "parties/-", PageSize = 1, AtLeastPosition = position },
                ListTransfersResponse.Parser);
        }
        catch (CallFailedException)
        {
            // It did not come so far in time.
        }

        return Stopwatch.GetElapsedTime(began);
    }
}
