using System.Collections.Concurrent;
using Grpc.Core;
using Treaty.Grid.V1;
using static Treaty.Grid.Cluster.Tests.EndToEnd.Statements;

namespace Treaty.Grid.Cluster.Tests.EndToEnd;

/// <summary>Many parties that file about each other at the same time.</summary>
[Collection(SharedRegister.Name)]
public sealed class TwentyPartiesTests(RunningRegister register)
{
    private const int Transfers = 5_000;
    private const int BatchSize = 100;
    private const int BatchesAtOnce = 2;
    private const int AttemptsMax = 100;
    private const int Seed = 20_241_120;

    private static readonly string[] Codes =
    [
        "ARG", "BOL", "BRA", "COL", "CRI", "DOM", "ECU", "GTM", "HND", "JAM", "MEX", "NIC", "PAN", "PRY", "SLV", "TTO",
        "URY", "VEN", "BLZ", "GUY",
    ];

    [Fact]
    public async Task Ten_thousand_notices_in_both_directions_at_once_are_all_paired_and_counted_once()
    {
        var random = new Random(Seed);
        var shipments = Enumerable.Range(0, Transfers).Select(n => ShipmentOf(n, random)).ToList();
        var answers = await FileAllAsync(shipments, random);
        Assert.Equal(2 * Transfers, answers.Count);
        Assert.Equal(2 * Transfers, answers.Select(a => a.Receipt.Position).Distinct().Count());
        Assert.DoesNotContain(answers, a => a.Replayed);

        // Each side's own file, for whichever was filed last may have been answered before the other heard of it.
        await Parallel.ForEachAsync(
            shipments, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (shipment, _) =>
            {
                await AssertMatchedAsync(shipment.Sender, shipment);
                await AssertMatchedAsync(shipment.Recipient, shipment);
            });

        var total = 0L;
        foreach (var code in Codes)
        {
            var party = new Caller(register, code);
            Assert.Equal(0, await party.HoldingAsync(HoldingClass.InTransit));
            var held = await party.HoldingAsync(HoldingClass.Operational);
            Assert.Equal(
                shipments.Sum(s => s.Recipient == code ? s.Quantity : s.Sender == code ? -s.Quantity : 0), held);
            total += held;
        }

        Assert.Equal(0, total);
    }

    /// <summary>Every pair in both directions, over and over.</summary>
    private static Shipment ShipmentOf(int n, Random random)
    {
        var sender = n % Codes.Length;
        var recipient = (sender + 1 + (n / Codes.Length % (Codes.Length - 1))) % Codes.Length;
        return new Shipment(Codes[sender], Codes[recipient], $"M-{n}", random.Next(1, 1_000));
    }

    private async Task<IReadOnlyCollection<SubmitNoticeResponse>> FileAllAsync(
        IEnumerable<Shipment> shipments, Random random)
    {
        var statements = shipments
            .SelectMany(s => new[] { (Filer: s.Sender, Notice: s.Dispatch), (Filer: s.Recipient, Notice: s.Receipt) })
            .ToArray();
        random.Shuffle(statements);
        var answers = new ConcurrentBag<SubmitNoticeResponse>();
        var failures = new ConcurrentBag<string>();
        await Task.WhenAll(statements.GroupBy(s => s.Filer).Select(filer => Parallel.ForEachAsync(
            filer.Chunk(BatchSize), new ParallelOptions { MaxDegreeOfParallelism = BatchesAtOnce },
            async (batch, _) =>
            {
                var caller = new Caller(register, filer.Key);
                var results = await FileAsync(
                    caller, [.. batch.Select(s => caller.RequestOf($"{s.Notice.Kind}-{s.Notice.Transfer}", s.Notice))]);
                Assert.Equal(batch.Length, results.Count);
                foreach (var (result, statement) in results.Zip(batch))
                {
                    if (result.Error is { } error)
                    {
                        failures.Add($"{statement.Notice.Kind} {statement.Notice.Transfer}: {error.Message}");
                        continue;
                    }

                    Assert.Equal(statement.Notice.Transfer, result.Response.Notice.Transfer);
                    answers.Add(result.Response);
                }
            })));
        Assert.True(
            failures.IsEmpty, $"{failures.Count} failed, as {failures.FirstOrDefault()}\n{register.Said}");
        return answers;
    }

    /// <summary>All at once are more than there is room for: who is refused comes again when it was told to.</summary>
    private static async Task<IReadOnlyList<SubmitResult>> FileAsync(
        Caller caller, IReadOnlyList<SubmitNoticeRequest> batch)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await caller.BatchAsync(batch);
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.ResourceExhausted && attempt < AttemptsMax)
            {
                var refused = new Refused(e.StatusCode, e.GetRpcStatus()!);
                Assert.Equal("OVERLOADED", refused.Reason);
                await Task.Delay(refused.RetryDelay, caller.Cancellation);
            }
        }
    }

    private async Task AssertMatchedAsync(string reader, Shipment shipment)
    {
        var name = TransferName(shipment.Sender, shipment.Recipient, shipment.Reference);
        var transfer = await Eventually.Async(
            () => new Caller(register, reader).TransferAsync(name), t => t.Pairing == Pairing.Paired,
            $"{name} is paired in the file of {reader}");
        Assert.Equal(Match.Matched, transfer.Match);
        Assert.Equal(2, transfer.Notices.Count);
    }

    private sealed record Shipment(string Sender, string Recipient, string Reference, int Quantity)
    {
        public Notice Dispatch => Statements.Dispatch(Sender, Recipient, Reference, Quantity, Day(2007, 5, 4));

        public Notice Receipt => Statements.Receipt(Sender, Recipient, Reference, Quantity, Day(2007, 5, 7));
    }
}
