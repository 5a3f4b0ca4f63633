using System.Collections.Immutable;
using Google.Protobuf;
using Treaty.Grid.Conventions;
using Treaty.Grid.Silo.Operations;
using Treaty.Grid.Storage;
using Treaty.Grid.Storage.Codec;
using J = Treaty.Grid.Journal.V1;
using Wire = Treaty.Grid.V1;

namespace Treaty.Grid.Cluster.Tests.Journal;

/// <summary>
/// Bytes that an older build wrote can still be read, and say what they said then.
/// </summary>
/// <remarks>
/// The files in Fixtures must never be changed or written again: they stand for journals that exist. A change to the
/// program that cannot read them would lose what states have declared. What a later build writes for the first time
/// comes in a file beside them, made by <c>journal export</c>.
/// </remarks>
public sealed class FixtureTests
{
    private static readonly DateOnly Later = new(2024, 6, 1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_parties_of_the_first_fixture_fold_to_what_they_were()
    {
        var parties = Fold(await ReadAsync("journal-1.jsonl"));

        Assert.Equal(["BGR", "GRC", "ROU", "UKR", "USA", "XXA"], parties.Keys);
        Assert.All(parties.Values, p => Assert.Equal(0, p.Books.Sum));
        Assert.Equal(Facts, parties.Values.SelectMany(FactsOf));
        Assert.Equal(
            Enum.GetValues<NotificationKind>().Where(k => k < NotificationKind.ClarificationRequested),
            parties["XXA"].NotificationIds.Values.Select(n => n.Content.Kind).Order());
    }

    [Fact]
    public async Task An_entry_that_was_read_is_written_with_the_same_bytes()
    {
        foreach (var file in Files(".jsonl"))
        {
            Assert.All(await ReadAsync(file), stored =>
            {
                var entry = J.Entry.Parser.ParseFrom(stored.Payload.Span);
                WithoutTitles(entry.Events.Select(e => e.FindingRaised?.Finding));
                Assert.Equal(
                    Convert.ToHexString(entry.ToByteArray()),
                    Convert.ToHexString(
                        EntryCodec.Encode(EntryCodec.Decode(stored.Payload.Span, stored.Party), stored.Party)));
            });
        }
    }

    /// <summary>
    /// The title of a rule was written with each finding before there were packs, which have it in every language.
    /// </summary>
    private static void WithoutTitles(IEnumerable<Wire.Finding?> findings)
    {
        foreach (var finding in findings)
        {
            finding?.Title = "";
        }
    }

    /// <summary>
    /// The first did not hold what corrections take back, the second not where mines were destroyed, the third not of
    /// which items stock was found or retained, the fourth not which opening stated what: the entries are folded.
    /// </summary>
    [Theory]
    [InlineData("snapshot-1-BGR.base64", "BGR")]
    [InlineData("snapshot-2-GRC.base64", "GRC")]
    [InlineData("snapshot-3-BGR.base64", "BGR")]
    [InlineData("snapshot-4-GRC.base64", "GRC")]
    public void A_snapshot_of_an_earlier_form_is_not_used(string file, string party) =>
        Assert.Null(SnapshotCodec.Decode(Convert.FromBase64String(ReadText(file)), party));

    [Fact]
    public void A_snapshot_that_was_read_is_written_with_the_same_bytes()
    {
        var bytes = Convert.FromBase64String(ReadText("snapshot-5-GRC.base64"));

        var (party, places) = SnapshotCodec.Decode(bytes, "GRC")!.Value;

        Assert.Equal(bytes, SnapshotCodec.Encode(party, version => places[version]));
        Assert.Equal("The state of GRC", party.DisplayName);
        Assert.Equal(
            Facts.Where(f => f.StartsWith("GRC", StringComparison.Ordinal)).Append("GRC Veria  PFM-1 7200"),
            FactsOf(party).Concat(SitesOf(party)));
        Assert.Equal(["PMR-2A"], party.Discoveries.SelectMany(d => d.Items));
        Assert.Equal(
            [("PMA-2", 100L), ("PMR-2A", 2L)],
            party.Retained.SelectMany(r => r.Items).Select(i => (i.Key, i.Value)));
    }

    [Fact]
    public async Task Corrections_and_reports_of_the_second_fixture_fold_to_what_they_were()
    {
        var parties = Fold(await ReadAsync("journal-2.jsonl"));

        Assert.All(parties.Values, p => Assert.Equal(0, p.Books.Sum));
        Assert.Equal(FactsOfCorrections, parties.Values.SelectMany(FactsOf));
    }

    [Fact]
    public async Task Other_conventions_and_an_assessment_anew_of_the_fourth_fixture_fold_to_what_they_were()
    {
        var parties = Fold(await ReadAsync("journal-4.jsonl"));

        Assert.Equal(FactsOfConventions, parties.Values.SelectMany(FactsOf));
        var report = Assert.Single(parties["GRC"].Reports);
        Assert.Equal("ccm", report.Report.Convention);
        var (sent, marked) = (parties["GRC"].FindNotice("D1")!, parties["GRC"].FindNotice("D2")!);
        Assert.Equal("no", sent.Notice.Lines[0].Characteristics["self_destructs"]);
        Assert.Equal("countermeasures", marked.Notice.PurposeId);
        Assert.Equal(MembershipStatus.Withdrawn, sent.Filer.Under("apmbc")!.Status);
        Assert.Equal(
            MembershipStatus.Withdrawn, parties["BGR"].Files[sent.Notice.Transfer].Find("GRC", "D1")!
                .Filer.Under("apmbc")!.Status);
    }

    [Fact]
    public async Task Sites_of_destruction_of_the_fifth_fixture_fold_to_what_they_were()
    {
        var parties = Fold(await ReadAsync("journal-5.jsonl"));

        Assert.Equal(FactsOfSites, parties.Values.SelectMany(p => FactsOf(p).Concat(SitesOf(p))));
    }

    /// <summary>Sites were kept before they were summed up.</summary>
    [Fact]
    public async Task A_site_that_the_first_fixture_told_is_known() => Assert.Equal(
        ["GRC Veria  PFM-1 7200"], Fold(await ReadAsync("journal-1.jsonl")).Values.SelectMany(SitesOf));

    [Fact]
    public async Task Aliases_and_a_confirmed_pair_of_the_sixth_fixture_fold_to_what_they_were()
    {
        var parties = Fold(await ReadAsync("journal-6.jsonl"));

        Assert.Equal(FactsOfAliases, parties.Values.SelectMany(FactsOf));
        var moved = parties["GRC"].FindNotice("C1-2")!;
        Assert.Equal("B-1", moved.Notice.Transfer.Reference);
        Assert.Equal(("PMA2", "PMA-2"), (moved.Notice.Lines[0].Stated, moved.Notice.Lines[0].Item));
    }

    /// <summary>A new kind needs a new file: what is there is not written again.</summary>
    [Fact]
    public async Task Every_kind_of_event_and_statement_is_in_a_fixture()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in Files(".jsonl"))
        {
            foreach (var stored in await ReadAsync(file))
            {
                seen.UnionWith(J.Entry.Parser.ParseFrom(stored.Payload.Span).Events.SelectMany(Kinds));
            }
        }

        Assert.Equal(AllKinds().Order(StringComparer.Ordinal), seen.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> AllKinds() =>
    [
        .. J.Event.Descriptor.Oneofs[0].Fields.Select(f => f.Name),
        .. Wire.Declaration.Descriptor.Oneofs[0].Fields.Select(f => f.Name),
        .. Names<Wire.NoticeKind>(),
        .. Names<Wire.DepositaryNotification.Types.Kind>(),
        .. Names<Wire.LineException.Types.Kind>(),
    ];

    private static IEnumerable<string> Kinds(J.Event happened)
    {
        yield return J.Event.Descriptor.FindFieldByNumber((int)happened.KindCase).Name;
        if (happened.DeclarationFiled is { Declaration: var declaration })
        {
            yield return Wire.Declaration.Descriptor.FindFieldByNumber((int)declaration.BodyCase).Name;
        }

        if (happened.NotificationRecorded is { Notification: var notification })
        {
            yield return Name(notification.Kind);
        }

        if (happened.NoticeFiled is { Notice: var notice })
        {
            yield return Name(notice.Kind);
            foreach (var exception in notice.Lines.SelectMany(l => l.Exceptions))
            {
                yield return Name(exception.Kind);
            }
        }
    }

    private static IEnumerable<string> Names<T>() where T : struct, Enum =>
        Enum.GetValues<T>().Where(v => !EqualityComparer<T>.Default.Equals(v, default)).Select(v => Name(v));

    private static string Name<T>(T kind) where T : struct, Enum => $"{typeof(T).FullName}.{kind}";

    private static ImmutableSortedDictionary<string, Party> Fold(IEnumerable<JournalEntry> journal) => journal
        .GroupBy(e => e.Party, StringComparer.Ordinal)
        .ToImmutableSortedDictionary(
            party => party.Key,
            party => party
                .Select(stored => EntryCodec.Decode(stored.Payload.Span, party.Key))
                .Aggregate(
                    new Party(party.Key),
                    (folded, entry) => entry.Events
                        .Aggregate(folded, (p, e) => p.With(e, entry.RecordTime))
                        .Sealed(entry.RecordTime)),
            StringComparer.Ordinal);

    /// <summary>What a party holds, what was found about it, and what its transfers come to.</summary>
    private static string[] FactsOf(Party party) =>
    [
        $"{party.Code} version {party.Version}",
        .. party.Books.HoldingsOn(Later)
            .Select(h => $"{party.Code} {h.Account.Item} {h.Account.Place} {h.Account.Lot} {h.Quantity}"),
        .. party.Findings.Values.SelectMany(f => f)
            .OrderBy(f => f.Key.Id, StringComparer.Ordinal)
            .Select(f => $"{party.Code} {f.Key.Id}{(f.Closed is null ? "" : " closed")}"),
        .. party.Files.Values
            .OrderBy(f => f.Key)
            .Select(f => $"{party.Code} {f.Key} {f.Assessed!.Movement} {f.Assessed.Match}"),
    ];

    /// <summary>What a party destroyed at sites, and its reports say of it.</summary>
    private static IEnumerable<string> SitesOf(Party party) =>
    [
        .. party.Destructions
            .Where(d => d.Value != 0)
            .Select(d => $"{party.Code} {d.Key.Site} {d.Key.Method} {d.Key.Item} {d.Value}"),
        .. party.Reports.SelectMany(r => r.Report.DestroyedAtSites)
            .Select(d => $"{party.Code} reports {d.Site} {d.Method} {d.Item} {d.Quantity}"),
    ];

    internal static async Task<IReadOnlyList<JournalEntry>> ReadAsync(string file)
    {
        await using var stream = Open(file);
        var entries = new List<JournalEntry>();
        await foreach (var (_, _, entry) in ExportFile.ReadAsync(stream, Cancellation))
        {
            entries.Add(entry);
        }

        return entries;
    }

    private static string ReadText(string file)
    {
        using var reader = new StreamReader(Open(file));
        return reader.ReadToEnd();
    }

    internal static IEnumerable<string> Files(string ending) => typeof(FixtureTests).Assembly
        .GetManifestResourceNames()
        .Where(n => n.EndsWith(ending, StringComparison.Ordinal));

    private static Stream Open(string file) =>
        typeof(FixtureTests).Assembly.GetManifestResourceStream(file)
        ?? throw new InvalidOperationException($"There is no fixture {file}.");

    private static readonly string[] Facts =
    [
        "BGR version 19",
        "BGR PMA-2 ReceivedForDestruction  -1500",
        "BGR PMA-2 ReceivedForDestruction A-1 1500",
        "BGR APM-50~BGR~ROU~On1 closed",
        "BGR APM-50~GRC~BGR~T1 closed",
        "BGR BGR~ROU~On1 Received Matched",
        "BGR GRC~BGR~T1 Destroyed Explained",
        "BGR USA~BGR~C1 Cancelled NotMatched",
        "GRC version 21",
        "GRC M18A1 Operational  60",
        "GRC PMA-2 AwaitingDestruction  1505",
        "GRC PMA-2 AwaitingDestruction A-1 500",
        "GRC PMA-2 AwaitingDestruction A-2 1000",
        "GRC PMA-2 Retained  60",
        "GRC PMR-2A Retained  2",
        "GRC PMR-2A Found  10",
        "GRC APM-20",
        "GRC APM-41~opening1",
        "GRC APM-50~GRC~BGR~T1 closed",
        "GRC APM-50~GRC~ROU~R1 closed",
        "GRC APM-60~opening1",
        "GRC GRC~BGR~T1 Destroyed Explained",
        "GRC GRC~ROU~R1 Received Matched",
        "ROU version 12",
        "ROU PMA-2 Retained  30",
        "ROU PMA-2 ReceivedForDestruction  500",
        "ROU APM-50~BGR~ROU~On1 closed",
        "ROU APM-50~GRC~ROU~R1 closed",
        "ROU BGR~ROU~On1 Received Matched",
        "ROU GRC~BGR~T1 Dispatched NotMatched",
        "ROU GRC~ROU~R1 Received Matched",
        "UKR version 7",
        "UKR APM-02~USA~UKR~U1 closed",
        "UKR APM-03~USA~UKR~U1 closed",
        "UKR APM-50~USA~UKR~U1 closed",
        "UKR APM-60~USA~UKR~U1",
        "UKR APM-61~USA~UKR~U1",
        "UKR USA~UKR~U1 Refused Matched",
        "USA version 10",
        "USA APM-02~USA~UKR~U1 closed",
        "USA APM-03~USA~UKR~U1 closed",
        "USA APM-50~USA~UKR~U1 closed",
        "USA APM-60~USA~UKR~U1",
        "USA APM-61~USA~UKR~U1",
        "USA USA~BGR~C1 Cancelled NotMatched",
        "USA USA~NGO~N1 Dispatched NotMatched",
        "USA USA~UKR~U1 Refused Matched",
        "XXA version 15",
        "XXA APM-12",
    ];

    private static readonly string[] FactsOfSites =
    [
        "BGR version 6",
        "BGR APM-50~GRC~BGR~T1 closed",
        "BGR GRC~BGR~T1 Destroyed Matched",
        "BGR Montana Detonation PMA-2 500",
        "BGR reports Montana Detonation PMA-2 500",
        "GRC version 9",
        "GRC PMA-2 Operational  290",
        "GRC APM-20",
        "GRC APM-50~GRC~BGR~T1 closed",
        "GRC GRC~BGR~T1 Destroyed Matched",
        "GRC Veria Open burning PMA-2 210",
        "GRC reports Veria Open burning PMA-2 210",
    ];

    private static readonly string[] FactsOfCorrections =
    [
        "BGR version 7",
        "BGR PMA-2 ReceivedForDestruction  500",
        "BGR APM-31",
        "BGR APM-50~GRC~BGR~T1 closed",
        "BGR APM-50~GRC~BGR~T2 closed",
        "BGR APM-51~GRC~BGR~T1 closed",
        "BGR APM-51~GRC~BGR~T1 closed",
        "BGR GRC~BGR~T1 Received Corrected",
        "BGR GRC~BGR~T2 Cancelled NotMatched",
        "GRC version 13",
        "GRC PMA-2 Operational  510",
        "GRC APM-20",
        "GRC APM-31",
        "GRC APM-50~GRC~BGR~T1 closed",
        "GRC APM-50~GRC~BGR~T2 closed",
        "GRC APM-51~GRC~BGR~T1 closed",
        "GRC APM-51~GRC~BGR~T1 closed",
        "GRC APM-56~RP1 closed",
        "GRC GRC~BGR~T1 Received Corrected",
        "GRC GRC~BGR~T2 Cancelled NotMatched",
    ];

    private static readonly string[] FactsOfConventions =
    [
        "BGR version 9",
        "BGR PMA-2 Operational  100",
        "BGR APM-01~GRC~BGR~T1 closed",
        "BGR APM-02~GRC~BGR~T1",
        "BGR APM-03~GRC~BGR~T1",
        "BGR APM-20",
        "BGR APM-50~GRC~BGR~T1 closed",
        "BGR CCM-50~GRC~BGR~T2",
        "BGR GRC~BGR~T1 Received Matched",
        "BGR GRC~BGR~T2 Dispatched NotMatched",
        "GRC version 11",
        "GRC CBU-87 Retained  -3",
        "GRC CBU-87 InTransit  3",
        "GRC PMA-2 Operational  -100",
        "GRC APM-01~GRC~BGR~T1 closed",
        "GRC APM-02~GRC~BGR~T1",
        "GRC APM-03~GRC~BGR~T1",
        "GRC APM-50~GRC~BGR~T1 closed",
        "GRC CCM-50~GRC~BGR~T2",
        "GRC GRC~BGR~T1 Received Matched",
        "GRC GRC~BGR~T2 Dispatched NotMatched",
    ];

    private static readonly string[] FactsOfAliases =
    [
        "BGR version 9",
        "BGR PMA-2 Retained  100",
        "BGR APM-50~GRC~BGR~B-1 closed",
        "BGR APM-50~GRC~BGR~G-1 closed",
        "BGR GRC~BGR~B-1 Received Matched",
        "BGR GRC~BGR~G-1 Cancelled NotMatched",
        "GRC version 7",
        "GRC PFM-1 Operational  720",
        "GRC PMA-2 Retained  -100",
        "GRC APM-20",
        "GRC APM-42~PMA-2~RETAINED",
        "GRC APM-50~GRC~BGR~B-1 closed",
        "GRC APM-50~GRC~BGR~G-1 closed",
        "GRC GRC~BGR~B-1 Received Matched",
        "GRC GRC~BGR~G-1 Cancelled NotMatched",
    ];
}
