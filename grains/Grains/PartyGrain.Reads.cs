using Google.Type;
using Treaty.Grid.Contracts;
using Treaty.Grid.Conventions;
using Treaty.Grid.Findings;
using Treaty.Grid.Stockpiles;
using Treaty.Grid.Storage;
using Treaty.Grid.Storage.Codec;
using Treaty.Grid.Transfers;
using Treaty.Grid.V1;
using Finding = Treaty.Grid.V1.Finding;
using StockToDestroy = Treaty.Grid.Findings.StockToDestroy;

namespace Treaty.Grid.Grains;

/// <summary>What the party's file answers. Nothing is shown before it is durable.</summary>
internal sealed partial class PartyGrain
{
    public async ValueTask<V1.Party> GetParty(GetPartyRequest request)
    {
        var party = await DurableAsync();
        return ToMessage(party, DayOf(request.AsOf), request.AsKnownOn?.ToDay());
    }

    public async ValueTask<Stockpile> GetStockpile(GetStockpileRequest request)
    {
        var party = await DurableAsync();
        var asOf = DayOf(request.AsOf);
        var (books, position) = request.AsKnownAt == 0
            ? (party.Books, PositionOf(party.Version))
            : await BooksAtAsync(request.AsKnownAt, party.Version);
        return new Stockpile
        {
            Party = Code,
            AsOf = asOf.ToDate(),
            Position = position,
            Holdings =
            {
                books.HoldingsOn(asOf).Select(h => new Holding
                {
                    Item = h.Account.Item,
                    HoldingClass = (HoldingClass)h.Account.Place,
                    Lot = h.Account.Lot,
                    Quantity = h.Quantity,
                }),
            },
            Article4Balance = rulebook.Primary is { } primary ? StockToDestroy.Balance(books, primary, asOf) : 0,
            ToDestroy =
            {
                rulebook.Jurisdictions.Select(law => ToDestroy(party, books, law, asOf)).OfType<V1.StockToDestroy>(),
            },
        };
    }

    private static V1.StockToDestroy? ToDestroy(Grid.Party party, Ledger books, Jurisdiction law, DateOnly asOf) =>
        law.The(Checks.StockPastDeadline) is { } rule
        && party.MembershipOn(law.Convention, asOf) is { Standing.IsBound: true, EntryIntoForce: { } entry }
            ? new V1.StockToDestroy
            {
                Convention = $"conventions/{law.Id}",
                Article = rule.Article,
                Quantity = StockToDestroy.Balance(books, law, asOf),
                Deadline = StockToDestroy.Deadline(law, entry).ToDate(),
            }
            : null;

    /// <summary>The books as they were when the journal had come to a position, and the last entry in them.</summary>
    private async Task<(Ledger Books, long Position)> BooksAtAsync(long position, long version)
    {
        var (books, last) = (Ledger.Empty, 0L);
        try
        {
            await foreach (var stored in journal.ReadPartyAsync(Code, 0, CancellationToken.None))
            {
                if (stored.Position > position || stored.Version > version)
                {
                    break;
                }

                books = EntryCodec.DecodeBookings(stored.Payload.Span, Code).Aggregate(books, (b, e) => b.With(e));
                last = stored.Position;
            }
        }
        catch (JournalOverloadedException e)
        {
            throw new RefusedException(Overloaded(e.RetryAfter));
        }
        catch (JournalUnavailableException)
        {
            throw new RefusedException(JournalUnreadable());
        }

        return (books, last);
    }

    public async ValueTask<V1.Notice> GetNotice(GetNoticeRequest request)
    {
        var id = StatementCodec.IdOf(request.Name);
        var party = await DurableAsync(Grid.Party.NameOfNotice(id));
        return party.FindNotice(id) is { } filed
            ? View.Notice(filed)
            : throw Unknown(request.Name);
    }

    public async ValueTask<Transfer> GetTransfer(GetTransferRequest request)
    {
        var name = StatementCodec.ToTransferKey(request.Name);
        var party = name is { } sought ? await DurableAsync(Grid.Party.NameOf(sought)) : await DurableAsync();
        return name is { } key
            && party.Files.TryGetValue(key, out var file) && file.IsKnown
            ? View.Suggest(
                ToMessage(party, file, DayOf(request.AsOf)),
                PairingCandidates.Of(file, (await WithUnpairedAsync(party, file)).Files.Values, rulebook))
            : throw Unknown(request.Name);
    }

    /// <summary>
    /// With the latest transfers between the two sides of a one-sided file that have no pair either, and left memory.
    /// </summary>
    private async Task<Grid.Party> WithUnpairedAsync(Grid.Party party, TransferFile file)
    {
        if (_releasedAt == 0 || !PairingCandidates.IsOneSided(file))
        {
            return party;
        }

        var unpaired = await ListGrain.AnswerAsync(() => model.ListTransfersAsync(
            new ListQuery(
                Code,
                Condition.All(
                    Condition.Equal("sender", file.Key.Sender), Condition.Equal("recipient", file.Key.Recipient),
                    Condition.Not(Condition.Equal("pairing", (long)V1.Pairing.Paired))),
                null, Limits.PageSizeMax),
            TransferOrder.Since, descending: true, Today, CancellationToken.None));
        return await RecallAsync(
            party,
            unpaired.Rows.Select(r => Grid.Party.NameOf(StatementCodec.ToTransferKey(r.Value.Transfer.Name)!.Value)));
    }

    public async ValueTask<V1.Declaration> GetDeclaration(GetDeclarationRequest request)
    {
        var id = StatementCodec.IdOf(request.Name);
        var party = await DurableAsync(Grid.Party.NameOfDeclaration(id));
        return party.Declarations.TryGetValue(id, out var filed)
            ? View.Declaration(filed, Code)
            : throw Unknown(request.Name);
    }

    public async ValueTask<Finding> GetFinding(GetFindingRequest request)
    {
        var asOf = DayOf(request.AsOf);
        var key = FindingCodec.ToKey(request.Name);
        var party = key.Transfer is { } transfer
            ? await DurableAsync(Grid.Party.NameOf(transfer))
            : await DurableAsync();
        return party.FindingOn(asOf, key, rulebook) is { } finding
            ? View.Finding(finding, rulebook, asOf, PositionOf)
            : throw Unknown(request.Name);
    }

    /// <summary>The party as it is now, with what is known under some names, once all of it is durable.</summary>
    private async Task<Grid.Party> DurableAsync(params string[] names)
    {
        ThrowIfUnknown();
        var party = await RecallAsync(_party, names);
        await CurrentAsync();
        return party;
    }

    /// <summary>
    /// Returns once everything that this party has decided is durable, and it is known that nobody else has written to
    /// it since it was asked.
    /// </summary>
    /// <exception cref="RefusedException">Another speaks for the party now, or it is not known.</exception>
    private async Task CurrentAsync()
    {
        var (epoch, version) = (_epoch, _durable);
        await _tail;
        try
        {
            if (!await barrier.StandsAsync(Code, epoch, version) && epoch == _epoch)
            {
                throw Poison(JournalUnavailable());
            }
        }
        catch (JournalUnavailableException)
        {
            throw new RefusedException(JournalUnreadable());
        }
        catch (JournalOverloadedException e)
        {
            throw new RefusedException(Overloaded(e.RetryAfter));
        }
    }

    private DateOnly DayOf(Date? asOf) => asOf?.ToDay() ?? Today;

    private V1.Party ToMessage(Grid.Party party, DateOnly asOf, DateOnly? asKnownOn) =>
        View.Party(party, rulebook, asOf, asKnownOn, PositionOf(party.Version));

    private Transfer ToMessage(Grid.Party party, TransferFile file, DateOnly asOf, bool isBrief = false) =>
        View.Transfer(party, file, rulebook, asOf, PositionOf, isBrief);

    private static RefusedException Unknown(string name) => new(RefusedException.Refuse(
        Google.Rpc.Code.NotFound, ErrorReason.ResourceUnknown, $"There is no {name}.", [new("name", name)]));
}
