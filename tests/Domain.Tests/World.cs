using System.Collections.Immutable;
using Treaty.Grid.Conventions;
using Treaty.Grid.Findings;
using Treaty.Grid.Transfers;

namespace Treaty.Grid.Domain.Tests;

/// <summary>
/// All parties of a register in memory, and the post between them: each does what its grain will do. A value, so that
/// a test can go back to any moment.
/// </summary>
public sealed record World(Rulebook Rulebook)
{
    public ImmutableSortedDictionary<string, Party> Parties { get; init; } =
        ImmutableSortedDictionary.Create<string, Party>(StringComparer.Ordinal);

    /// <summary>What each party recorded, entry by entry.</summary>
    public ImmutableSortedDictionary<string, ImmutableList<Entry>> Journal { get; init; } =
        ImmutableSortedDictionary.Create<string, ImmutableList<Entry>>(StringComparer.Ordinal);

    /// <summary>Letters that were not delivered yet, oldest first.</summary>
    public ImmutableList<Letter> Post { get; init; } = [];

    /// <summary>Of the last entry, over all parties.</summary>
    public long Position { get; init; }

    /// <summary>
    /// Before each command every party lets go what is at rest, and recalls what the command rests on.
    /// </summary>
    public bool IsForgetful { get; init; }

    /// <summary>Of each party and entry, the names it mentions.</summary>
    public ImmutableSortedDictionary<string, ImmutableList<ImmutableHashSet<string>>> Mentions { get; init; } =
        ImmutableSortedDictionary<string, ImmutableList<ImmutableHashSet<string>>>.Empty;

    public Convention MineBan => Rulebook.Primary!.Convention;

    public Party this[string code] => Parties[code];

    /// <summary>Asks a party, records what it decides, and posts what it says to others.</summary>
    public (World World, Decision Decision) Ask(string code, Command command)
    {
        var party = Parties.GetValueOrDefault(code) ?? new Party(code);
        if (IsForgetful)
        {
            party = party.Released(Rulebook);
            var needed = party.NeededFor(command);
            party = Recall(party, needed);
            party = Recall(party, party.NeededFor(command));
        }

        var before = party;
        var decision = party.Decide(command, Rulebook);
        if (decision is not Decided decided)
        {
            return (this, decision);
        }

        var position = Position + 1;
        var entry = new Entry(decided.Events, decided.RecordTime);
        return (
            this with
            {
                Position = position,
                Parties = Parties.SetItem(code, decided.Next.Sealed(decided.RecordTime)),
                Journal = Journal.SetItem(code, Journal.GetValueOrDefault(code, []).Add(entry)),
                Mentions = Mentions.SetItem(code, Mentions.GetValueOrDefault(code, []).Add(
                    [.. Fold(before, decided.Events, decided.RecordTime).Names])),
                Post = Post.AddRange(decided.Events.SelectMany(e => Letters(code, e, decided.RecordTime, position))),
            },
            decision);
    }

    /// <summary>The same, with everything recalled that parties had let go.</summary>
    public World Recalled => !IsForgetful ? this : this with
    {
        Parties = Parties.ToImmutableSortedDictionary(
            p => p.Key,
            p => Recall(p.Value, Mentions[p.Key].SelectMany(m => m).Distinct(StringComparer.Ordinal)),
            StringComparer.Ordinal),
    };

    /// <summary>A party with all that its journal tells about some names.</summary>
    public Party Recall(Party party, IEnumerable<string> names)
    {
        var journal = Journal.GetValueOrDefault(party.Code, []);
        var left = new Queue<string>(names);
        while (left.TryDequeue(out var name))
        {
            party = party.Recall(
                name,
                [.. Mentions.GetValueOrDefault(party.Code, [])
                    .Select((mentioned, index) => (IsMeant: mentioned.Contains(name), Index: index))
                    .Where(m => m.IsMeant)
                    .Select(m => new SealedEntry(m.Index + 1, journal[m.Index].RecordTime, journal[m.Index].Events))],
                out var needed);
            foreach (var next in needed)
            {
                left.Enqueue(next);
            }
        }

        return party;
    }

    private static (Party Party, ImmutableHashSet<string> Names) Fold(
        Party party, IEnumerable<Event> events, DateTimeOffset recordTime)
    {
        var names = ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal);
        foreach (var happened in events)
        {
            names.UnionWith(party.MentionedBy(happened));
            party = party.With(happened, recordTime);
        }

        return (party, names.ToImmutable());
    }

    /// <summary>As <see cref="Ask"/>, of a command that is expected to be recorded.</summary>
    public World Record(string code, Command command)
    {
        var (world, decision) = Ask(code, command);
        return decision is Decided ? world : throw new InvalidOperationException($"{code}: {command} gave {decision}");
    }

    /// <summary>Delivers one letter.</summary>
    public World Deliver(Letter letter, DateTimeOffset time) =>
        (this with { Post = Post.Remove(letter) }).Ask(letter.To, letter.Command(time)).World;

    public World DeliverAll(DateTimeOffset time)
    {
        var world = this;
        while (!world.Post.IsEmpty)
        {
            world = world.Deliver(world.Post[0], time);
        }

        return world;
    }

    /// <summary>The letters that may be delivered next: between two parties the order is kept.</summary>
    public IReadOnlyList<Letter> Deliverable =>
        [.. Post.GroupBy(l => (l.From, l.To, IsAnswer: l is AnswerLetter)).Select(g => g.First())];

    /// <summary>What holds on a day, over all parties; what both sides find about each other is listed once.</summary>
    public IReadOnlyList<Finding> FindingsOn(DateOnly day) =>
        [.. Parties.Values
            .SelectMany(p => p.FindingsOn(day, Rulebook))
            .Where(f => f.Closed is null)
            .DistinctBy(f => f.Key)
            .OrderBy(f => f.Key.Party, StringComparer.Ordinal)
            .ThenBy(f => f.Key.Id, StringComparer.Ordinal)];

    /// <summary>What must hold at any moment, whatever happened.</summary>
    public void Check()
    {
        foreach (var (code, party) in Recalled.Parties)
        {
            Assert.True(party.Books.Sum == 0, $"The books of {code} add up to {party.Books.Sum}.");
            var fold = Journal[code].Aggregate(
                new Party(code),
                (before, entry) => entry.Events
                    .Aggregate(before, (p, e) => p.With(e, entry.RecordTime))
                    .Sealed(entry.RecordTime));
            Assert.Equal(Dump.Of(fold), Dump.Of(party));
        }

        if (Post.IsEmpty)
        {
            Recalled.CheckFilesAgree();
        }
    }

    /// <summary>Both sides of every transfer hold the same file and come to the same answer.</summary>
    public void CheckFilesAgree()
    {
        foreach (var party in Parties.Values)
        {
            foreach (var (key, file) in party.Files.Where(f => f.Key.Sender == party.Code))
            {
                if (!Parties.TryGetValue(key.Recipient, out var recipient)
                    || !recipient.Files.TryGetValue(key, out var other))
                {
                    // Whoever is no state keeps no file.
                    Assert.DoesNotContain(file.Notices, n => n.Notice.IsToState);
                    continue;
                }

                Assert.Equal(Dump.Of(Contents(file)), Dump.Of(Contents(other)));
                Assert.Equal(file.Notices.OrderBy(n => n.RecordTime), file.Notices);
                Assert.Equal(
                    Dump.Of(Matching.Compare(file, Rulebook.Taxonomy, Rulebook.TermsOf(file))),
                    Dump.Of(Matching.Compare(other, Rulebook.Taxonomy, Rulebook.TermsOf(file))));
                foreach (var day in new[] { DateOnly.MinValue, new DateOnly(2200, 1, 1) })
                {
                    Assert.Equal(
                        Dump.Of(TransferRules.Judge(file, Rulebook, day)),
                        Dump.Of(TransferRules.Judge(other, Rulebook, day)));
                }
            }
        }
    }

    /// <summary>What a file holds, apart from where it lies in which journal.</summary>
    private static IEnumerable<object?> Contents(TransferFile file) => file.Notices
        .Select(n => new object?[] { n.Notice, n.RecordTime, n.Filer, n.Counterpart })
        .Concat(file.Onward.Select(n => new object?[] { n.Notice, n.RecordTime, n.Filer }));

    private static IEnumerable<Letter> Letters(string from, Event happened, DateTimeOffset time, long position) =>
        happened switch
        {
            NoticeFiled e => e.Addresses.Select(a =>
                new NoticeLetter(from, a.To, a.Sequence, e.Notice, time, position, e.Filer)),
            NoticeDelivered e =>
            [
                new AnswerLetter(from, e.From, new AnswerReceived(from, e.Sequence, position, e.Here)),
            ],
            StandingsRevised e => e.Addresses.Select(a => new StandingsLetter(from, a.To, new StandingsDelivered(
                from, a.Sequence, e.Transfer, e.Filer, e.NoticeId, e.Standings, position))),
            StandingsDelivered e =>
            [
                new AnswerLetter(from, e.From, new AnswerReceived(from, e.Sequence, 0, new Standings([]))),
            ],
            _ => [],
        };
}

/// <summary>What one decision made durable.</summary>
public sealed record Entry(ImmutableArray<Event> Events, DateTimeOffset RecordTime);

/// <summary>What one party has to tell another.</summary>
public abstract record Letter(string From, string To)
{
    public abstract Command Command(DateTimeOffset time);
}

public sealed record NoticeLetter(
    string From, string To, long Sequence, Notice Notice, DateTimeOffset FiledAt, long Position, Standings Filer)
    : Letter(From, To)
{
    public override Command Command(DateTimeOffset time) =>
        new TakeNotice(Sequence, Notice, FiledAt, Position, Filer, time);
}

public sealed record StandingsLetter(string From, string To, StandingsDelivered Told) : Letter(From, To)
{
    public override Command Command(DateTimeOffset time) => new TakeStandings(Told, time);
}

public sealed record AnswerLetter(string From, string To, AnswerReceived Answer) : Letter(From, To)
{
    public override Command Command(DateTimeOffset time) => new TakeAnswer(Answer, time);
}
